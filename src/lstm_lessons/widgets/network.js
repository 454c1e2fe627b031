// An LSTM with a read-out that reads a story word by word: forward, exactly back, and a step of Adam.
//
//   i, f, o = sigmoid(a_i), sigmoid(a_f), sigmoid(a_o);  g = tanh(a_g);  a = Wx x + Wh h_prev + b
//   c = f c_prev + i g;  h = o tanh(c);  and at the last word  y = V h + v,  p = softmax(y)
//
// D words in the vocabulary, H units, K answers, T words in the story. A word is its place in the
// vocabulary, so that Wx x is one column of Wx. Matrices lie row by row; the 4H rows of Wx, Wh and b are
// the gates' in the order i f g o, H each, and so are the 4H numbers that belong to one word.
// Python's `LSTM`, `Readout` and `train.fit` are the truth: a test holds this to them.

export const GATES = "ifgo";

const NETWORK_ERRORS = {
  base64: "weights: got a text that is not base64, expected numbers in base64",
  count: (got, expected) => `weights: got ${got} numbers, expected ${expected}`,
  finite: "weights: got a number that is not finite, expected finite numbers",
  diverged: (n, lr) =>
    `The loss, a gradient or a weight grew beyond all bounds at step ${n}, with a learning rate of ${lr}.`,
};

// A network, or one number for each of its weights, over one row of numbers `all`.
function shaped({ D, H, K }, all) {
  let start = 0;
  const part = (size) => {
    start += size;
    return all.subarray(start - size, start);
  };
  const [Wx, Wh, b] = [part(4 * H * D), part(4 * H * H), part(4 * H)];
  return { D, H, K, Wx, Wh, b, V: part(K * H), v: part(K), all };
}

const count = ({ D, H, K }) => 4 * H * (D + H + 1) + K * (H + 1);

// A number for each weight of a net of this size, all 0.
export const blank = (sizes) => shaped(sizes, new Float64Array(count(sizes)));

// ---- as text: base64 of float64, low byte first as in every browser's memory ----------------------

export function unpack(text, sizes) {
  let bytes;
  try {
    bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    throw new Error(NETWORK_ERRORS.base64);
  }
  const expected = count(sizes);
  if (bytes.length !== 8 * expected)
    throw new Error(NETWORK_ERRORS.count(bytes.length / 8, expected));
  const all = new Float64Array(bytes.buffer);
  if (!all.every(Number.isFinite)) throw new Error(NETWORK_ERRORS.finite);
  return shaped(sizes, all);
}

export function pack({ all }) {
  const bytes = new Uint8Array(all.buffer, all.byteOffset, all.byteLength);
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

// ---- forward --------------------------------------------------------------------------------------

// Written with tanh it cannot overflow.
const sigmoid = (a) => 0.5 * Math.tanh(0.5 * a) + 0.5;

// What the hand has set a gate to, or what the network decides.
const decided = (hands, at, value) => (hands && !Number.isNaN(hands[at]) ? hands[at] : value);

// `words` is a row of T places; `hands`, if any, has 4H numbers for each word: what a gate is set to,
// and NaN where the network decides. `gates` (T 4H), `c` and `h` (T H), `y` and `p` (K).
export function forward(net, words, hands = null) {
  const { D, H, Wx, Wh, b } = net;
  const T = words.length;
  const gates = new Float64Array(T * 4 * H);
  const c = new Float64Array(T * H);
  const h = new Float64Array(T * H);
  for (let t = 0; t < T; t++) {
    const x = words[t];
    const before = (t - 1) * H;
    for (let j = 0; j < H; j++) {
      const [ri, rf, rg, ro] = [j, H + j, 2 * H + j, 3 * H + j]; // the rows of unit j
      let ai = b[ri] + Wx[ri * D + x];
      let af = b[rf] + Wx[rf * D + x];
      let ag = b[rg] + Wx[rg * D + x];
      let ao = b[ro] + Wx[ro * D + x];
      for (let k = 0; t && k < H; k++) {
        const old = h[before + k];
        ai += Wh[ri * H + k] * old;
        af += Wh[rf * H + k] * old;
        ag += Wh[rg * H + k] * old;
        ao += Wh[ro * H + k] * old;
      }
      const at = t * 4 * H;
      const i = decided(hands, at + ri, sigmoid(ai));
      const f = decided(hands, at + rf, sigmoid(af));
      const g = decided(hands, at + rg, Math.tanh(ag));
      const o = decided(hands, at + ro, sigmoid(ao));
      [gates[at + ri], gates[at + rf], gates[at + rg], gates[at + ro]] = [i, f, g, o];
      const now = t * H + j;
      c[now] = f * (t ? c[before + j] : 0) + i * g;
      h[now] = o * Math.tanh(c[now]);
    }
  }
  const y = readout(net, h.subarray(-H));
  return { T, words, gates, c, h, y, p: softmax(y) };
}

function readout({ H, K, V, v }, h) {
  const y = Float64Array.from(v);
  for (let k = 0; k < K; k++) for (let j = 0; j < H; j++) y[k] += V[k * H + j] * h[j];
  return y;
}

function softmax(y) {
  const top = Math.max(...y);
  const e = y.map((score) => Math.exp(score - top));
  const sum = e.reduce((one, other) => one + other);
  return e.map((part) => part / sum);
}

// ---- back -----------------------------------------------------------------------------------------

// 0 for a gate set by hand, which does not depend on its a.
const free = (hands, at) => (hands && !Number.isNaN(hands[at]) ? 0 : 1);

// From dL/dy at the last word back to the first: dL/da and dL/d(its value) of every gate, (T 4H) each.
function throughTime({ H, K, V, Wh }, { T, gates, c }, dy, hands) {
  const da = new Float64Array(T * 4 * H);
  const dGates = new Float64Array(T * 4 * H);
  const dc = new Float64Array(H);
  let [dh, before] = [new Float64Array(H), new Float64Array(H)]; // at this word, at the one before
  for (let k = 0; k < K; k++) for (let j = 0; j < H; j++) dh[j] += V[k * H + j] * dy[k];
  for (let t = T - 1; t >= 0; t--) {
    before.fill(0);
    for (let j = 0; j < H; j++) {
      const [ri, rf, rg, ro] = [j, H + j, 2 * H + j, 3 * H + j];
      const at = t * 4 * H;
      const [i, f, g, o] = [gates[at + ri], gates[at + rf], gates[at + rg], gates[at + ro]];
      const tanhC = Math.tanh(c[t * H + j]);
      dc[j] += dh[j] * o * (1 - tanhC * tanhC); // two roads into c meet: the next c's, and h's
      const di = dc[j] * g;
      const df = dc[j] * (t ? c[(t - 1) * H + j] : 0);
      const dg = dc[j] * i;
      const dout = dh[j] * tanhC;
      dc[j] *= f; // along the belt: only a product with f
      [dGates[at + ri], dGates[at + rf], dGates[at + rg], dGates[at + ro]] = [di, df, dg, dout];
      const ai = free(hands, at + ri) * di * i * (1 - i);
      const af = free(hands, at + rf) * df * f * (1 - f);
      const ag = free(hands, at + rg) * dg * (1 - g * g);
      const ao = free(hands, at + ro) * dout * o * (1 - o);
      [da[at + ri], da[at + rf], da[at + rg], da[at + ro]] = [ai, af, ag, ao];
      for (let k = 0; k < H; k++)
        before[k] +=
          Wh[ri * H + k] * ai + Wh[rf * H + k] * af + Wh[rg * H + k] * ag + Wh[ro * H + k] * ao;
    }
    [dh, before] = [before, dh];
  }
  return { da, dGates };
}

// Adds dL/d(each weight) to `into`.
function sumUp(into, { D, H, K }, { T, words, h }, dy, da) {
  const { Wx, Wh, b, V, v } = into;
  for (let t = 0; t < T; t++)
    for (let r = 0; r < 4 * H; r++) {
      const d = da[t * 4 * H + r];
      b[r] += d;
      Wx[r * D + words[t]] += d;
      for (let k = 0, before = (t - 1) * H; t && k < H; k++) Wh[r * H + k] += d * h[before + k];
    }
  const last = (T - 1) * H;
  for (let k = 0; k < K; k++) {
    v[k] += dy[k];
    for (let j = 0; j < H; j++) V[k * H + j] += dy[k] * h[last + j];
  }
}

// dL/dx of every word, (T D).
function toWords({ D, H, Wx }, da) {
  const T = da.length / (4 * H);
  const dx = new Float64Array(T * D);
  for (let t = 0; t < T; t++)
    for (let j = 0; j < H; j++) {
      const [ri, rf, rg, ro] = [j, H + j, 2 * H + j, 3 * H + j];
      const at = t * 4 * H;
      const [ai, af, ag, ao] = [da[at + ri], da[at + rf], da[at + rg], da[at + ro]];
      for (let x = 0; x < D; x++)
        dx[t * D + x] +=
          Wx[ri * D + x] * ai + Wx[rf * D + x] * af + Wx[rg * D + x] * ag + Wx[ro * D + x] * ao;
    }
  return dx;
}

// With dL/dy = `dy` (K) at the last word: dL/d(each weight), dL/d(each gate's value) (T 4H), and
// dL/dx of every word (T D). `hands` must be those of the run.
export function backward(net, run, dy, hands = null) {
  const { da, dGates } = throughTime(net, run, dy, hands);
  const weights = blank(net);
  sumUp(weights, net, run, dy, da);
  return { weights, gates: dGates, words: toWords(net, da) };
}

// How much each word is felt by answer k: the length of dy_k/dx_t, (T).
export function felt(net, run, k, hands = null) {
  const dy = new Float64Array(net.K);
  dy[k] = 1;
  const dx = toWords(net, throughTime(net, run, dy, hands).da);
  const row = (_, t) => Math.hypot(...dx.subarray(t * net.D, (t + 1) * net.D));
  return Float64Array.from({ length: run.T }, row);
}

// ---- training, as `train.fit` does it: mean cross-entropy, clipping, Adam ----------------------------

// What a network makes of a story whose answer is known: the loss, and whether it is right.
export function judge({ y }, answer) {
  const top = Math.max(...y);
  const sum = y.reduce((all, score) => all + Math.exp(score - top), 0);
  return { loss: top + Math.log(sum) - y[answer], right: y.indexOf(top) === answer };
}

// One story of a batch: adds its `share` of the gradient to `grads`, and says how it was judged.
export function study(net, grads, words, answer, share) {
  const run = forward(net, words);
  const dy = run.p.map((p, k) => share * (p - (k === answer)));
  sumUp(grads, net, run, dy, throughTime(net, run, dy, null).da);
  return judge(run, answer);
}

// What Adam (Kingma & Ba 2014) remembers: running means of gradients and of their squares.
export const newAdam = (net) => ({ steps: 0, m: blank(net).all, v: blank(net).all });

// A step of Adam along gradients clipped to the length `maxNorm`; they are 0 again after it. Throws a
// sentence, and changes nothing, when a number would not be finite.
export function descend(net, adam, grads, lr, maxNorm) {
  const [g, n] = [grads.all, adam.steps + 1];
  const norm = lengthOf(g);
  const scale = norm > maxNorm ? maxNorm / norm : 1;
  const [m, v, w] = [adam.m.slice(), adam.v.slice(), net.all.slice()];
  for (let k = 0; k < g.length; k++) {
    const clipped = g[k] * scale;
    m[k] = 0.9 * m[k] + 0.1 * clipped;
    v[k] = 0.999 * v[k] + 0.001 * clipped * clipped;
    w[k] -= (lr * (m[k] / (1 - 0.9 ** n))) / (Math.sqrt(v[k] / (1 - 0.999 ** n)) + 1e-8);
  }
  g.fill(0);
  if (!Number.isFinite(norm) || !w.every(Number.isFinite))
    throw new Error(NETWORK_ERRORS.diverged(n, lr));
  net.all.set(w);
  Object.assign(adam, { steps: n, m, v });
}

// Scaled first: squares of large numbers would not fit.
function lengthOf(numbers) {
  const largest = numbers.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  if (!(largest > 0 && largest < Infinity)) return largest;
  return largest * Math.sqrt(numbers.reduce((sum, x) => sum + (x / largest) ** 2, 0));
}
