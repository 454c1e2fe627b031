// Numbers as text. A minus is a real one.

export const minus = (number) => String(number).replace("-", "−");

// With two decimals.
export const num = (v) => minus((Math.abs(v) < 0.005 ? 0 : v).toFixed(2));

export const whole = (number) => Math.round(number).toLocaleString("en-US");

export function percent(p) {
  if (p > 0 && p < 1e-6) return "less than 0.0001%";
  if (p >= 0.0995) return `${Number((100 * p).toFixed(p > 0.99 ? 1 : 0))}%`;
  return `${Number((100 * p).toPrecision(2))}%`;
}

// How many times something has grown.
export const times = (v) =>
  v < 10 ? v.toFixed(1) : Number(v.toPrecision(3)).toLocaleString("en-US");

// Below the line, as in c₁₂, and above it, as in 10⁻⁴.
export const lowered = (n) => String(n).replace(/\d/g, (digit) => "₀₁₂₃₄₅₆₇₈₉"[digit]);

export const raised = (n) =>
  String(n)
    .replace("-", "⁻")
    .replace(/\d/g, (digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit]);
