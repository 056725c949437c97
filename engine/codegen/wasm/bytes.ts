/**
 * @file A growing byte buffer with the number encodings of WebAssembly's binary format: LEB128 integers, little-endian floats, names.
 */
const float = new Float32Array(1)
const floatBytes = new Uint8Array(float.buffer)
const encoder = new TextEncoder()

export class ByteWriter {
  private bytes: Uint8Array<ArrayBuffer>
  private used = 0

  constructor(capacity = 256) {
    this.bytes = new Uint8Array(capacity)
  }

  get length(): number {
    return this.used
  }

  byte(value: number): void {
    if (this.used === this.bytes.length) this.grow(1)
    this.bytes[this.used++] = value
  }

  append(values: Uint8Array | readonly number[]): void {
    if (this.used + values.length > this.bytes.length) this.grow(values.length)
    this.bytes.set(values, this.used)
    this.used += values.length
  }

  /** Unsigned LEB128 of a number below 2³². */
  unsigned(value: number): void {
    let rest = value >>> 0
    while (rest > 0x7f) {
      this.byte((rest & 0x7f) | 0x80)
      rest >>>= 7
    }
    this.byte(rest)
  }

  /** Signed LEB128 of a 32-bit integer; 2³¹ … 2³² − 1 stand for the same bits. */
  signed(value: number): void {
    let rest = value | 0
    while (rest > 0x3f || rest < -0x40) {
      this.byte((rest & 0x7f) | 0x80)
      rest >>= 7
    }
    this.byte(rest & 0x7f)
  }

  /** Writes over the byte at `at`. */
  put(at: number, value: number): void {
    this.bytes[at] = value
  }

  /** Forgets everything, keeps the memory. */
  clear(): void {
    this.used = 0
  }

  /** Writes over the five bytes at `at` a number below 2³², as LEB128 that is longer than it need be; signed: the same 32 bits. */
  overwrite(at: number, value: number, signed: boolean): void {
    for (let i = 0; i < 4; i++) this.bytes[at + i] = ((value >>> (7 * i)) & 0x7f) | 0x80
    const last = value >>> 28
    this.bytes[at + 4] = signed && last >= 8 ? last | 0x70 : last
  }

  f32(value: number): void {
    float[0] = value
    this.append(floatBytes)
  }

  name(text: string): void {
    const encoded = encoder.encode(text)
    this.unsigned(encoded.length)
    this.append(encoded)
  }

  /** Another writer's bytes after their length, as sections and function bodies are written. */
  sized(content: ByteWriter): void {
    this.unsigned(content.length)
    this.append(content.view())
  }

  /** What was written so far; valid until the next write. */
  view(): Uint8Array<ArrayBuffer> {
    return this.bytes.subarray(0, this.used)
  }

  private grow(by: number): void {
    const larger = new Uint8Array(Math.max(2 * this.bytes.length, this.used + by))
    larger.set(this.bytes.subarray(0, this.used))
    this.bytes = larger
  }
}
