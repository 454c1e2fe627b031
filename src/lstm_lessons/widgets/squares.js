// Matrices of a hidden layer's width, row after row in typed arrays: products that are fast enough for
// a hand, and singular values.

export const UNITS = 32;
export const SQUARE = UNITS * UNITS;
const UPRIGHT = 1e-8; // rows whose cosine is less are at right angles
const NOTHING = 1e-120; // and those whose squared length is less are not turned any more
const SWEEPS = 30; // five are usual

// C = A B; A (rows, inner), B (inner, UNITS). Four rows by two columns at a time stay in registers,
// which is four times as fast as plain loops.
export function multiply(A, B, C, rows, inner) {
  for (let row = 0; row < rows; row += 4) {
    const a0 = row * inner;
    const a1 = a0 + inner;
    const a2 = a1 + inner;
    const a3 = a2 + inner;
    for (let column = 0; column < UNITS; column += 2) {
      let c00 = 0;
      let c01 = 0;
      let c10 = 0;
      let c11 = 0;
      let c20 = 0;
      let c21 = 0;
      let c30 = 0;
      let c31 = 0;
      for (let k = 0, b = column; k < inner; k++, b += UNITS) {
        const b0 = B[b];
        const b1 = B[b + 1];
        c00 += A[a0 + k] * b0;
        c01 += A[a0 + k] * b1;
        c10 += A[a1 + k] * b0;
        c11 += A[a1 + k] * b1;
        c20 += A[a2 + k] * b0;
        c21 += A[a2 + k] * b1;
        c30 += A[a3 + k] * b0;
        c31 += A[a3 + k] * b1;
      }
      const c = row * UNITS + column;
      C[c] = c00;
      C[c + 1] = c01;
      C[c + UNITS] = c10;
      C[c + UNITS + 1] = c11;
      C[c + 2 * UNITS] = c20;
      C[c + 2 * UNITS + 1] = c21;
      C[c + 3 * UNITS] = c30;
      C[c + 3 * UNITS + 1] = c31;
    }
  }
}

// Row `to` of A += factor times row `from` of B.
export function addRow(A, to, factor, B, from) {
  const [a, b] = [to * UNITS, from * UNITS];
  for (let k = 0; k < UNITS; k++) A[a + k] += factor * B[b + k];
}

// The product of `width` numbers of A from a on with those of B from b on.
export function dot(A, a, B, b, width = UNITS) {
  let sum = 0;
  for (let k = 0; k < width; k++) sum += A[a + k] * B[b + k];
  return sum;
}

// The root mean square of the singular values of a square, which lies in rows `stride` apart.
export function rootMeanSquare(A, start, stride) {
  const sum = powerOver(A, start, stride, 1);
  if (sum > 1e-250 && sum < 1e250) return Math.sqrt(sum / UNITS);
  let most = 0; // the squares did not fit into float64; those of shares do
  for (let row = start; row < start + UNITS * stride; row += stride)
    for (let k = row; k < row + UNITS; k++) most = Math.max(most, Math.abs(A[k]));
  return most && most * Math.sqrt(powerOver(A, start, stride, most) / UNITS);
}

function powerOver(A, start, stride, unit) {
  let sum = 0;
  for (let row = start; row < start + UNITS * stride; row += stride)
    for (let k = row; k < row + UNITS; k++) sum += (A[k] / unit) * (A[k] / unit);
  return sum;
}

// The singular values of a square, the largest first. Its rows, `stride` long, are turned in place, two
// by two, until what they have in the square is at right angles; then the lengths of that are the
// singular values (Hestenes 1958). What follows from rows so turned has the same ones as before, and
// long rows no longer drown short ones.
export function singularValues(A, stride) {
  const power = new Float64Array(UNITS); // the rows' squared lengths
  const measure = () => {
    for (let p = 0; p < UNITS; p++) power[p] = dot(A, p * stride, A, p * stride);
  };
  for (let sweep = 0, turned = true; turned && sweep < SWEEPS; sweep++) {
    measure(); // `turn` keeps count, but roundings add up
    turned = false;
    for (let p = 0; p < UNITS - 1; p++)
      for (let q = p + 1; q < UNITS; q++) if (turn(A, stride, power, p, q)) turned = true;
  }
  measure();
  return Array.from(power, Math.sqrt).sort((a, b) => b - a);
}

// Turns two rows to right angles, the longer one first. Returns false if they are there already.
function turn(A, stride, power, p, q) {
  const row = p * stride;
  const other = q * stride;
  if (power[p] < power[q]) {
    for (let k = 0; k < stride; k++) [A[row + k], A[other + k]] = [A[other + k], A[row + k]];
    [power[p], power[q]] = [power[q], power[p]];
  }
  if (power[q] < NOTHING) return false;
  const inner = dot(A, row, A, other);
  if (Math.abs(inner) <= UPRIGHT * Math.sqrt(power[p] * power[q])) return false;
  const ratio = (power[q] - power[p]) / (2 * inner);
  const size = 1 / (Math.abs(ratio) + Math.sqrt(1 + ratio * ratio));
  const tangent = ratio < 0 ? -size : size;
  const cosine = 1 / Math.sqrt(1 + tangent * tangent);
  const sine = cosine * tangent;
  for (let k = 0; k < stride; k++) {
    const a = A[row + k];
    const b = A[other + k];
    A[row + k] = cosine * a - sine * b;
    A[other + k] = sine * a + cosine * b;
  }
  power[p] -= tangent * inner;
  power[q] += tangent * inner;
  return true;
}
