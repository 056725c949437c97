/** @file One sample as a small picture. In: values and shape. Out: a canvas of the image's own size, enlarged without blur. */
import { memo, useCallback, useEffect, useRef } from 'react'
import { useRestored } from '../../charts/use-restored'
import { pictureOf } from './sample-picture'

interface Props {
  readonly data: ArrayLike<number>
  readonly shape: readonly number[]
  readonly label: string
}

export const SampleImage = memo(function SampleImage({ data, shape, label }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const draw = useCallback(() => {
    if (!canvas.current) return
    const picture = pictureOf(data, shape)
    canvas.current.width = picture.width
    canvas.current.height = picture.height
    canvas.current.getContext('2d')?.putImageData(picture, 0, 0)
  }, [data, shape])
  useEffect(draw, [draw])
  useRestored(canvas, draw)
  return <canvas ref={canvas} className="sample-image" role="img" aria-label={label} />
})
