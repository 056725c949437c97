/**
 * @file One image of a data set as pixels. In: channels × height × width, whatever their range. Out: an `ImageData` in grey or colour.
 */

/** Values outside [0, 1] (standardised ones, say) are stretched over their own range; those inside are shown as they are. */
export function pictureOf(data: ArrayLike<number>, shape: readonly number[]): ImageData {
  const [channels = 1, height = 1, width = 1] = shape.length === 3 ? shape : [1, ...shape]
  const size = height * width
  let low = 0
  let high = 1
  for (let index = 0; index < channels * size; index++) {
    const value = data[index] ?? 0
    if (value < low) low = value
    if (value > high) high = value
  }
  const scale = 255 / (high - low)
  const picture = new ImageData(width, height)
  for (let pixel = 0; pixel < size; pixel++) {
    for (let part = 0; part < 3; part++)
      picture.data[pixel * 4 + part] = ((data[(channels >= 3 ? part * size : 0) + pixel] ?? 0) - low) * scale
    picture.data[pixel * 4 + 3] = 255
  }
  return picture
}
