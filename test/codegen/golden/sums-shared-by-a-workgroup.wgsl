// sizes 300 300 32 8 1 32 10 1 130 130; workgroups 10×1×1
@group(0) @binding(0) var<storage, read_write> s0: array<f32>;
@group(0) @binding(1) var<storage, read_write> s1: array<f32>;
@group(0) @binding(2) var<storage, read_write> s2: array<f32>;
@group(0) @binding(3) var<storage, read_write> s3: array<f32>;
@group(0) @binding(4) var<storage, read_write> s4: array<f32>;
@group(0) @binding(5) var<uniform> sizes: array<vec4<i32>, 3>;
var<workgroup> shared0: array<f32, threads>;
var<workgroup> shared1: array<f32, threads>;
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
const threads = 256;
@compute @workgroup_size(threads)
fn main(@builtin(workgroup_id) groupId: vec3u, @builtin(num_workgroups) groupCount: vec3u, @builtin(local_invocation_index) laneId: u32) {
  let group = i32(groupId.x + groupCount.x * (groupId.y + groupCount.y * groupId.z));
  let lane = i32(laneId);
  let points = sizes[0].y;
  let columns = sizes[0].z;
  let slices = sizes[0].w;
  let columnStep = sizes[1].x;
  let sliceStep = sizes[1].y;
  let blocks = sizes[1].z;
  let column = i32((u32(lane) / u32(columnStep)) % u32(columns));
  let slice = i32((u32(lane) / u32(sliceStep)) % u32(slices));
  let part = i32(u32(group) / u32(blocks));
  let wanted = (group - part * blocks) * columns + column;
  let inside = wanted < points && part < sizes[1].w;
  let point = min(wanted, points - 1);
  let terms = sizes[2].x;
  let length = sizes[2].y;
  let begin = part * length;
  let limit = select(0, min(begin + length, terms), inside);
  let v1 = s1[point];
  var sum0 = 0.0;
  var sum1 = ofBits(0xff800000u);
  for (var next = begin + slice; next < limit; next += 32 * slices) {
    var part0 = 0.0;
    var part1 = ofBits(0xff800000u);
    let end = min(next + 32 * slices, limit);
    for (var term = next; term < end; term += slices) {
      let i1 = point + term * sizes[0].x;
      let v0 = s0[i1];
      let v2 = v0 * v1;
      let v3 = expOf(v0);
      part0 = part0 + v2;
      part1 = larger(part1, v0);
      s2[i1] = v3;
    }
    sum0 = sum0 + part0;
    sum1 = larger(sum1, part1);
  }
  shared0[lane] = sum0;
  shared1[lane] = sum1;
  workgroupBarrier();
  let few = min(slices, 16);
  if (slices > few) {
    if (slice < few) {
      sum0 = shared0[lane];
      sum1 = shared1[lane];
      for (var other = slice + few; other < slices; other += few) {
        sum0 = sum0 + shared0[column * columnStep + other * sliceStep];
        sum1 = larger(sum1, shared1[column * columnStep + other * sliceStep]);
      }
      shared0[lane] = sum0;
      shared1[lane] = sum1;
    }
    workgroupBarrier();
  }
  if (slice > 0 || !inside) { return; }
    sum0 = shared0[lane];
    sum1 = shared1[lane];
    for (var other = 1; other < few; other += 1) {
      sum0 = sum0 + shared0[column * columnStep + other * sliceStep];
      sum1 = larger(sum1, shared1[column * columnStep + other * sliceStep]);
    }
  s3[point] = sum0;
  s4[point] = sum1;
}
