/**
 * @file Functions that WGSL lacks or leaves too vague: its `exp`, `log` and `pow` may err by hundreds of roundings, `tanh` may overflow, and
 * a compiler may assume that there is neither NaN nor infinity. In: names of functions. Out: their text, with all they call. NaN is told by
 * its bits and stays NaN; results below the smallest normal float may be 0. Held to the same errors as the CPU's by
 * test/codegen/wgsl-math.test.ts: exp, log, tanh, sine and cosine are the polynomials of the Cephes library (Moshier 1992) and Eigen.
 */

export type MathName = keyof typeof texts

const texts = {
  /** Infinities and NaN cannot be written down; an argument of a function is no constant. */
  ofBits: 'fn ofBits(bits: u32) -> f32 { return bitcast<f32>(bits); }',
  isNan: 'fn isNan(x: f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u; }',
  larger: 'fn larger(a: f32, b: f32) -> f32 { return select(b, a, (a > b || isNan(a)) && !isNan(b)); }',
  smaller: 'fn smaller(a: f32, b: f32) -> f32 { return select(b, a, (a < b || isNan(a)) && !isNan(b)); }',
  signOf: 'fn signOf(x: f32) -> f32 { return select(select(x, -1.0, x < 0.0), 1.0, x > 0.0); }',
  toInt: `fn toInt(x: f32) -> i32 {
  if (isNan(x)) { return 0; }
  if (x >= 2147483648.0) { return 2147483647; }
  if (x < -2147483648.0) { return -2147483647 - 1; }
  return i32(x);
}`,

  // eˣ = 2ⁿ · eʳ with n = round(x / ln 2); the exponent is added to the bits.
  expOf: `fn expOf(x: f32) -> f32 {
  let c = select(select(x, -87.33654, x < -87.33654), 88.722839, x > 88.722839);
  let n = round(c * 1.44269504);
  let r = (c - n * 0.693359375) + n * 2.12194440e-4;
  var p = 1.98756915e-4 * r + 1.3981999507e-3;
  p = p * r + 8.3334519073e-3;
  p = p * r + 4.1665795894e-2;
  p = p * r + 1.6666665459e-1;
  p = p * r + 0.5;
  p = (p * r) * r + r + 1.0;
  let y = bitcast<f32>(bitcast<i32>(p) + (i32(n) << 23u));
  return select(select(select(y, 0.0, x < -87.33654), ofBits(0x7f800000u), x > 88.722839), x, isNan(x));
}`,

  // Mantissa in [√½, √2), so that the polynomial is used near 0; below the smallest normal float the bits are the value, times 2¹⁴⁹.
  logOf: `fn logOf(x: f32) -> f32 {
  let bits = bitcast<u32>(x);
  let tiny = bits < 0x00800000u;
  let normal = select(bits, bitcast<u32>(f32(bits)), tiny);
  let mantissa = bitcast<f32>((normal & 0x7fffffu) | 0x3f800000u);
  let large = mantissa > 1.41421354;
  let r = select(mantissa, 0.5 * mantissa, large) - 1.0;
  let e = f32(i32(normal >> 23u) - select(127, 276, tiny) + select(0, 1, large));
  var p = 7.0376836292e-2 * r - 1.151461031e-1;
  p = p * r + 1.167699874e-1;
  p = p * r - 1.2420140846e-1;
  p = p * r + 1.4249322787e-1;
  p = p * r - 1.6668057665e-1;
  p = p * r + 2.0000714765e-1;
  p = p * r - 2.4999993993e-1;
  p = p * r + 3.3333331174e-1;
  let z = r * r;
  let y = (r + (p * r * z - 2.12194440e-4 * e - 0.5 * z)) + 0.693359375 * e;
  if ((bits << 1u) == 0u) { return ofBits(0xff800000u); }
  if (bits > 0x7f800000u) { return ofBits(0x7fc00000u); }
  return select(y, x, bits == 0x7f800000u);
}`,

  sigmoidOf: `fn sigmoidOf(x: f32) -> f32 {
  let e = expOf(-abs(x));
  return select(1.0, e, x < 0.0) / (1.0 + e);
}`,

  // Near 0 the quotient's rounding shows; there tanh x = x.
  tanhOf: `fn tanhOf(x: f32) -> f32 {
  let c = select(select(x, -7.905311, x < -7.905311), 7.905311, x > 7.905311);
  let q = c * c;
  var p = -2.76076847742355e-16 * q + 2.00018790482477e-13;
  p = p * q - 8.60467152213735e-11;
  p = p * q + 5.12229709037114e-8;
  p = p * q + 1.48572235717979e-5;
  p = p * q + 6.37261928875436e-4;
  p = p * q + 4.89352455891786e-3;
  var d = 1.19825839466702e-6 * q + 1.18534705686654e-4;
  d = d * q + 2.268434632439e-3;
  d = d * q + 4.89352518554385e-3;
  return select(c * p / d, x, abs(x) < 4e-4 || isNan(x));
}`,

  /** Upper half of a 64-bit product. */
  mulHigh: `fn mulHigh(a: u32, b: u32) -> u32 {
  let low = (a & 0xffffu) * (b & 0xffffu);
  let left = (a >> 16u) * (b & 0xffffu) + (low >> 16u);
  let right = (a & 0xffffu) * (b >> 16u) + (left & 0xffffu);
  return (a >> 16u) * (b >> 16u) + (left >> 16u) + (right >> 16u);
}`,

  // sin(x + quarter · π/2): x in quarters of a circle, by subtraction where that is exact, else by the bits of 2/π that matter to a float
  // of its exponent (Payne and Hanek 1983).
  turned: `const twoOverPi = array<u32, 8>(0u, 0xa2f9836eu, 0x4e441529u, 0xfc2757d1u, 0xf534ddc0u, 0xdb629599u, 0x3c439041u, 0xfe5163abu);
fn turned(x: f32, quarter: i32) -> f32 {
  let bits = bitcast<u32>(x);
  let exponent = i32((bits >> 23u) & 0xffu);
  if (exponent == 255) { return ofBits(0x7fc00000u); }
  var n = 0;
  var r = 0.0;
  if (exponent < 140) {
    let whole = round(x * 0.636619772);
    n = i32(whole);
    r = ((x - whole * 1.5703125) - whole * 4.837512969970703125e-4) - whole * 7.54978995489188e-8;
  } else {
    let first = u32(exponent - 120);
    let word = first >> 5u;
    let shift = first & 31u;
    var window = array<u32, 3>();
    for (var i = 0u; i < 3u; i++) {
      window[i] = twoOverPi[word + i] << shift;
      if (shift > 0u) { window[i] |= twoOverPi[word + i + 1u] >> (32u - shift); }
    }
    let mantissa = (bits & 0x7fffffu) | 0x800000u;
    let carried = mulHigh(mantissa, window[2]);
    let low = mantissa * window[1] + carried;
    let high = mantissa * window[0] + mulHigh(mantissa, window[1]) + select(0u, 1u, low < carried);
    let part = bitcast<i32>((high << 2u) | (low >> 30u));
    n = i32(high >> 30u) + select(0, 1, part < 0);
    r = f32(part) * 3.6572952e-10;
    if (x < 0.0) { n = -n; r = -r; }
  }
  n += quarter;
  let z = r * r;
  let sine = ((-1.9515295891e-4 * z + 8.3321608736e-3) * z - 1.6666654611e-1) * z * r + r;
  let cosine = ((2.443315711809948e-5 * z - 1.388731625493765e-3) * z + 4.166664568298827e-2) * z * z - 0.5 * z + 1.0;
  let y = select(sine, cosine, (n & 1) == 1);
  return select(y, -y, (n & 2) == 2);
}`,

  /** The upper twelve bits of a mantissa: products of two such floats are exact. */
  upper: 'fn upper(x: f32) -> f32 { return bitcast<f32>(bitcast<u32>(x) & 0xfffff000u); }',

  // |x|ʸ = 2^(y · log₂ x), the logarithm and the product in two floats each (as FreeBSD's powf, Sun Microsystems 1993, does).
  powOf: `fn powOf(x: f32, y: f32) -> f32 {
  if (y == 0.0) { return 1.0; }
  let a = abs(x);
  let infinite = ofBits(0x7f800000u);
  let aBits = bitcast<u32>(a);
  let yBits = bitcast<u32>(y) & 0x7fffffffu;
  if (aBits > 0x7f800000u || yBits > 0x7f800000u) { return ofBits(0x7fc00000u); }
  var magnitude = 0.0;
  if (yBits == 0x7f800000u) {
    if (a == 1.0) { return ofBits(0x7fc00000u); }
    magnitude = select(0.0, infinite, (a > 1.0) == (y > 0.0));
  } else if (aBits == 0u || aBits == 0x7f800000u) {
    magnitude = select(0.0, infinite, (aBits == 0u) == (y < 0.0));
  } else {
    let tiny = aBits < 0x00800000u;
    let normal = select(aBits, bitcast<u32>(f32(aBits)), tiny);
    let mantissa = bitcast<f32>((normal & 0x7fffffu) | 0x3f800000u);
    let large = mantissa > 1.41421354;
    let m = select(mantissa, 0.5 * mantissa, large);
    let e = f32(i32(normal >> 23u) - select(127, 276, tiny) + select(0, 1, large));
    let t = m + 1.0;
    let tHigh = upper(t);
    let tLow = m - (tHigh - 1.0);
    let s = (m - 1.0) / t;
    let sHigh = upper(s);
    let sLow = (((m - 1.0) - sHigh * tHigh) - sHigh * tLow) / t;
    let z = s * s;
    let series = s * z * (0.333333333 + z * (0.2 + z * (0.142857143 + z * (0.111111111 + z * 0.0909090909)))) + sLow;
    let lHigh = upper(sHigh + series);
    let lLow = series - (lHigh - sHigh);
    let cHigh = 2.884765625;
    let pHigh = cHigh * lHigh;
    let pLow = 6.24456778e-4 * lHigh + 2.88539008 * lLow;
    let logHigh = upper((pHigh + pLow) + e);
    let logLow = pLow - ((logHigh - e) - pHigh);
    let yHigh = upper(y);
    let high = yHigh * logHigh;
    let low = (y - yHigh) * logHigh + y * logLow;
    let sum = high + low;
    if (sum >= 128.0) { magnitude = infinite; }
    else if (sum > -126.0) {
      let n = round(sum);
      let f = ((high - n) + low) * 0.693147181;
      var p = 1.98412698e-4 * f + 1.38888889e-3;
      p = p * f + 8.33333333e-3;
      p = p * f + 4.16666667e-2;
      p = p * f + 1.66666667e-1;
      p = p * f + 0.5;
      p = (p * f) * f + f + 1.0;
      magnitude = bitcast<f32>(bitcast<i32>(p) + (i32(n) << 23u));
    }
  }
  if ((bitcast<u32>(x) >> 31u) == 0u) { return magnitude; }
  if (floor(y) != y) { return select(magnitude, ofBits(0x7fc00000u), a > 0.0 && aBits != 0x7f800000u); }
  return select(magnitude, -magnitude, floor(0.5 * y) != 0.5 * y);
}`,

  /** core/random.ts, bit for bit. */
  mix: `fn mix(key: u32) -> u32 {
  var x = key;
  x ^= x >> 16u;
  x *= 0x7feb352du;
  x ^= x >> 15u;
  x *= 0x846ca68bu;
  return x ^ (x >> 16u);
}`,
  hash32: 'fn hash32(key: u32, counter: u32) -> u32 { return mix(mix(counter + 0x9e3779b9u) ^ key); }',
  uniform01: `fn uniform01(seed: i32, step: i32, stream: i32, index: i32) -> f32 {
  let key = u32(seed) ^ hash32(u32(stream), u32(step));
  return f32(hash32(key, u32(index)) >> 8u) * 5.9604644775390625e-8;
}`,
} as const

const names = Object.keys(texts) as MathName[]

/** The functions asked for and those they call, each after what it calls. */
export function mathText(wanted: Iterable<MathName>): string {
  const needed = new Set(wanted)
  for (const name of names.toReversed())
    if (needed.has(name)) for (const other of names) if (other !== name && new RegExp(`\\b${other}\\(`).test(texts[name])) needed.add(other)
  return names
    .filter((name) => needed.has(name))
    .map((name) => `${texts[name]}\n`)
    .join('')
}
