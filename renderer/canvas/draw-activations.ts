/**
 * @file Activations as pixels. In: a canvas and the values of the first samples. Out: for images a row of pictures, for vectors a histogram.
 * The colour of the element is the ink, so both themes and all categories work.
 */

export interface Activation {
  /** Samples first. */
  readonly shape: readonly number[]
  readonly data: Float32Array
}

const GAP = 4

export function drawActivations(canvas: HTMLCanvasElement, { shape, data }: Activation, isInput: boolean): void {
  const context = canvas.getContext('2d')
  if (!context) return
  context.clearRect(0, 0, canvas.width, canvas.height)
  const [samples = 0, channels = 0, height = 0, width = 0] = shape
  if (shape.length === 4 && height * width > 1) {
    const ink = inkOf(canvas)
    // An input shows its samples, whole; any other node shows the channels of the first sample.
    const pictures = isInput ? samples : channels
    const depth = isInput ? channels : 1
    const room = Math.min(pictures, Math.floor((canvas.width + GAP) / (canvas.height * Math.max(0.6, width / height) + GAP)) || 1)
    const tileWidth = (canvas.width - (room - 1) * GAP) / room
    for (let index = 0; index < room; index++) {
      const start = index * (isInput ? channels * height * width : height * width)
      const image = picture(data, start, depth, height, width, isInput ? undefined : ink)
      const scale = Math.min(tileWidth / width, canvas.height / height)
      const drawnWidth = width * scale
      const drawnHeight = height * scale
      context.imageSmoothingEnabled = false
      context.drawImage(
        image,
        index * (tileWidth + GAP) + (tileWidth - drawnWidth) / 2,
        (canvas.height - drawnHeight) / 2,
        drawnWidth,
        drawnHeight,
      )
    }
  } else histogram(context, data, inkOf(canvas))
}

type Ink = readonly [red: number, green: number, blue: number]

function inkOf(canvas: HTMLCanvasElement): Ink {
  const [red = 128, green = 128, blue = 128] = (getComputedStyle(canvas).color.match(/[\d.]+/g) ?? []).map(Number)
  return [red, green, blue]
}

/** One picture, stretched over its own range. Three channels are red, green and blue; one is grey, or a ramp of the ink. */
function picture(data: Float32Array, start: number, depth: number, height: number, width: number, ink: Ink | undefined): OffscreenCanvas {
  const size = height * width
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (let index = start; index < start + depth * size; index++) {
    const value = data[index] ?? 0
    if (value < low) low = value
    if (value > high) high = value
  }
  const scale = high > low ? 1 / (high - low) : 0
  const image = new ImageData(width, height)
  for (let pixel = 0; pixel < size; pixel++)
    for (let part = 0; part < 3; part++) {
      const value = ((data[start + (depth === 3 ? part * size : 0) + pixel] ?? 0) - low) * scale
      image.data[pixel * 4 + part] = ink ? ramp(value, ink[part] as number) : value * 255
    }
  for (let pixel = 0; pixel < size; pixel++) image.data[pixel * 4 + 3] = 255
  const off = new OffscreenCanvas(width, height)
  off.getContext('2d')?.putImageData(image, 0, 0)
  return off
}

/** Dark to ink over the lower two thirds, ink to white above. */
const ramp = (value: number, ink: number): number =>
  value < 0.66 ? 12 + (ink - 12) * (value / 0.66) : ink + (255 - ink) * ((value - 0.66) / 0.34) * 0.8

const BINS = 22

function histogram(context: CanvasRenderingContext2D, data: Float32Array, ink: Ink): void {
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (const value of data) {
    if (value < low) low = value
    if (value > high) high = value
  }
  const counts = new Array<number>(BINS).fill(0)
  const scale = high > low ? BINS / (high - low) : 0
  for (const value of data) {
    const bin = Math.min(BINS - 1, Math.floor((value - low) * scale))
    counts[bin] = (counts[bin] ?? 0) + 1
  }
  const { width, height } = context.canvas
  const most = Math.max(...counts, 1)
  const step = width / BINS
  context.fillStyle = `rgb(${ink.join(' ')})`
  counts.forEach((count, bin) => {
    const tall = Math.max(count > 0 ? 2 : 0, (count / most) * (height - 4))
    context.fillRect(bin * step + 1, height - tall, step - 2, tall)
  })
}
