// sizes 5 5 3000; workgroups 12×1×1
@group(0) @binding(0) var<storage, read_write> s0: array<f32>;
@group(0) @binding(1) var<storage, read_write> s1: array<f32>;
@group(0) @binding(2) var<storage, read_write> s2: array<f32>;
@group(0) @binding(3) var<storage, read_write> s3: array<f32>;
@group(0) @binding(4) var<storage, read_write> s4: array<f32>;
@group(0) @binding(5) var<uniform> sizes: array<vec4<i32>, 1>;
fn ofBits(bits: u32) -> f32 { return bitcast<f32>(bits); }
fn isNan(x: f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u; }
fn larger(a: f32, b: f32) -> f32 { return select(b, a, (a > b || isNan(a)) && !isNan(b)); }
fn expOf(x: f32) -> f32 {
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
}

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let id = i32(group.x + groups.x * (group.y + groups.y * group.z)) * 256 + i32(lane);
  let point = id;
  if (point >= sizes[0].z) { return; }
  let i0 = point * sizes[0].x;
  let v1 = s1[point];
  var sum0 = 0.0;
  var sum1 = ofBits(0xff800000u);
  for (var next = 0; next < sizes[0].y; next += 32 * 1) {
    var part0 = 0.0;
    var part1 = ofBits(0xff800000u);
    let end = min(next + 32 * 1, sizes[0].y);
    for (var term = next; term < end; term += 1) {
      let i1 = i0 + term;
      let v0 = s0[i1];
      let v2 = v0 * v1;
      let v3 = expOf(v0);
      part0 = part0 + v2;
      part1 = larger(part1, v0);
      s4[i1] = v3;
    }
    sum0 = sum0 + part0;
    sum1 = larger(sum1, part1);
  }
  s2[point] = sum0;
  s3[point] = sum1;
}
