/**
 * @file How people write the ten digits: our own stroke descriptions, a few ways of writing each.
 * In: nothing. Out: polylines in a unit box (x to the right, y down), dense enough to look round.
 * A stroke is a list of points that a Catmull–Rom spline (1974) runs through; a point given twice is a corner.
 */

export interface Glyph {
  /** x0, y0, x1, y1 … of one polyline after the other. */
  readonly points: Float64Array
  /** Index of the first point of each polyline, and the number of points at the end. */
  readonly starts: readonly number[]
}

type Stroke = readonly (readonly [number, number])[]
type Variant = readonly Stroke[]

/** An elliptical arc; angles in degrees, 0 to the right and clockwise, as y points down. */
function arc(cx: number, cy: number, rx: number, ry: number, from: number, to: number): Stroke {
  const count = Math.max(4, Math.ceil(Math.abs(to - from) / 30))
  return Array.from({ length: count + 1 }, (_, i) => {
    const angle = ((from + ((to - from) * i) / count) * Math.PI) / 180
    return [cx + rx * Math.cos(angle), cy + ry * Math.sin(angle)] as const
  })
}

const written: readonly (readonly Variant[])[] = [
  // 0: an oval, a narrow one, one whose ends cross at the top
  [
    [arc(0.5, 0.5, 0.3, 0.42, -90, 270)],
    [arc(0.5, 0.5, 0.2, 0.43, -70, 292)],
    [[[0.58, 0.1], ...arc(0.49, 0.52, 0.29, 0.4, -110, -430), [0.4, 0.16]]],
  ],
  // 1: a bar, one with a flag, one with flag and foot
  [
    [
      [
        [0.5, 0.06],
        [0.5, 0.5],
        [0.49, 0.94],
      ],
    ],
    [
      [
        [0.32, 0.26],
        [0.43, 0.18],
        [0.54, 0.06],
        [0.54, 0.06],
        [0.53, 0.5],
        [0.53, 0.94],
      ],
    ],
    [
      [
        [0.34, 0.24],
        [0.52, 0.07],
        [0.52, 0.07],
        [0.52, 0.92],
      ],
      [
        [0.3, 0.93],
        [0.74, 0.93],
      ],
    ],
  ],
  // 2: a swan with a straight foot, one with a loop, an angular one
  [
    [
      [
        [0.22, 0.27],
        [0.33, 0.11],
        [0.52, 0.07],
        [0.72, 0.16],
        [0.75, 0.34],
        [0.6, 0.56],
        [0.4, 0.75],
        [0.2, 0.92],
        [0.2, 0.92],
        [0.8, 0.91],
      ],
    ],
    [
      [
        [0.22, 0.24],
        [0.38, 0.09],
        [0.6, 0.1],
        [0.72, 0.27],
        [0.62, 0.5],
        [0.42, 0.76],
        [0.26, 0.88],
        [0.19, 0.8],
        [0.3, 0.73],
        [0.48, 0.83],
        [0.64, 0.92],
        [0.82, 0.84],
      ],
    ],
    [
      [
        [0.2, 0.12],
        [0.45, 0.08],
        [0.73, 0.12],
        [0.73, 0.12],
        [0.5, 0.5],
        [0.2, 0.9],
        [0.2, 0.9],
        [0.78, 0.88],
      ],
    ],
  ],
  // 3: two bowls, a flat top, one with a small notch
  [
    [
      [
        [0.24, 0.18],
        [0.38, 0.08],
        [0.58, 0.08],
        [0.7, 0.2],
        [0.66, 0.36],
        [0.46, 0.46],
        [0.46, 0.46],
        [0.66, 0.52],
        [0.76, 0.68],
        [0.68, 0.86],
        [0.48, 0.94],
        [0.22, 0.85],
      ],
    ],
    [
      [
        [0.24, 0.09],
        [0.72, 0.09],
        [0.72, 0.09],
        [0.46, 0.42],
        [0.46, 0.42],
        [0.68, 0.5],
        [0.76, 0.7],
        [0.64, 0.88],
        [0.44, 0.94],
        [0.22, 0.86],
      ],
    ],
    [
      [
        [0.28, 0.14],
        [0.46, 0.06],
        [0.66, 0.14],
        [0.64, 0.32],
        [0.5, 0.43],
        [0.4, 0.46],
        [0.5, 0.48],
        [0.7, 0.6],
        [0.7, 0.8],
        [0.5, 0.93],
        [0.28, 0.9],
        [0.22, 0.78],
      ],
    ],
  ],
  // 4: open, closed, with a long stem
  [
    [
      [
        [0.28, 0.1],
        [0.25, 0.34],
        [0.22, 0.54],
        [0.22, 0.54],
        [0.78, 0.52],
      ],
      [
        [0.66, 0.12],
        [0.64, 0.5],
        [0.62, 0.93],
      ],
    ],
    [
      [
        [0.6, 0.07],
        [0.4, 0.34],
        [0.18, 0.64],
        [0.18, 0.64],
        [0.84, 0.64],
      ],
      [
        [0.62, 0.06],
        [0.62, 0.94],
      ],
    ],
    [
      [
        [0.36, 0.12],
        [0.26, 0.38],
        [0.3, 0.52],
        [0.48, 0.54],
        [0.66, 0.42],
      ],
      [
        [0.72, 0.08],
        [0.66, 0.5],
        [0.58, 0.95],
      ],
    ],
  ],
  // 5: bar and belly, in one go, an angular one
  [
    [
      [
        [0.32, 0.1],
        [0.28, 0.44],
        [0.28, 0.44],
        [0.5, 0.4],
        [0.7, 0.52],
        [0.74, 0.7],
        [0.62, 0.88],
        [0.42, 0.94],
        [0.22, 0.85],
      ],
      [
        [0.31, 0.1],
        [0.74, 0.09],
      ],
    ],
    [
      [
        [0.74, 0.08],
        [0.48, 0.1],
        [0.34, 0.14],
        [0.3, 0.32],
        [0.38, 0.44],
        [0.6, 0.5],
        [0.72, 0.66],
        [0.62, 0.86],
        [0.42, 0.93],
        [0.24, 0.86],
      ],
    ],
    [
      [
        [0.72, 0.1],
        [0.3, 0.1],
        [0.3, 0.1],
        [0.28, 0.46],
        [0.28, 0.46],
        [0.58, 0.44],
        [0.74, 0.62],
        [0.68, 0.84],
        [0.46, 0.92],
        [0.22, 0.9],
      ],
    ],
  ],
  // 6: a curl, a straight back, a small loop
  [
    [
      [
        [0.66, 0.08],
        [0.44, 0.22],
        [0.28, 0.48],
        [0.27, 0.74],
        [0.42, 0.92],
        [0.62, 0.9],
        [0.73, 0.74],
        [0.66, 0.58],
        [0.5, 0.53],
        [0.34, 0.62],
        [0.28, 0.76],
      ],
    ],
    [
      [
        [0.5, 0.06],
        [0.36, 0.38],
        [0.29, 0.68],
        [0.36, 0.88],
        [0.54, 0.94],
        [0.7, 0.82],
        [0.68, 0.64],
        [0.52, 0.56],
        [0.34, 0.64],
      ],
    ],
    [
      [
        [0.74, 0.16],
        [0.6, 0.07],
        [0.42, 0.16],
        [0.28, 0.44],
        [0.28, 0.78],
        [0.46, 0.94],
        [0.66, 0.84],
        [0.66, 0.64],
        [0.48, 0.56],
        [0.3, 0.68],
      ],
    ],
  ],
  // 7: plain, with a bar, with a hook
  [
    [
      [
        [0.2, 0.1],
        [0.78, 0.1],
        [0.78, 0.1],
        [0.6, 0.44],
        [0.44, 0.94],
      ],
    ],
    [
      [
        [0.22, 0.12],
        [0.5, 0.1],
        [0.78, 0.1],
        [0.78, 0.1],
        [0.58, 0.5],
        [0.46, 0.94],
      ],
      [
        [0.38, 0.5],
        [0.76, 0.48],
      ],
    ],
    [
      [
        [0.2, 0.24],
        [0.22, 0.1],
        [0.22, 0.1],
        [0.5, 0.13],
        [0.78, 0.08],
        [0.78, 0.08],
        [0.66, 0.36],
        [0.54, 0.64],
        [0.5, 0.94],
      ],
    ],
  ],
  // 8: in one go, two circles, started at the upper right
  [
    [
      [
        [0.5, 0.48],
        [0.32, 0.36],
        [0.3, 0.18],
        [0.5, 0.07],
        [0.7, 0.18],
        [0.66, 0.36],
        [0.5, 0.48],
        [0.32, 0.6],
        [0.26, 0.8],
        [0.48, 0.94],
        [0.72, 0.82],
        [0.68, 0.6],
        [0.5, 0.48],
      ],
    ],
    [arc(0.5, 0.27, 0.19, 0.2, -90, 270), arc(0.5, 0.7, 0.24, 0.23, -90, 270)],
    [
      [
        [0.72, 0.18],
        [0.52, 0.07],
        [0.32, 0.18],
        [0.4, 0.36],
        [0.6, 0.54],
        [0.7, 0.76],
        [0.52, 0.94],
        [0.3, 0.84],
        [0.34, 0.62],
        [0.54, 0.42],
        [0.7, 0.22],
      ],
    ],
  ],
  // 9: a straight stem, a curved tail, in one go
  [
    [
      arc(0.46, 0.3, 0.22, 0.22, 0, -360),
      [
        [0.68, 0.26],
        [0.66, 0.6],
        [0.62, 0.95],
      ],
    ],
    [
      [
        [0.7, 0.24],
        [0.56, 0.08],
        [0.34, 0.12],
        [0.26, 0.32],
        [0.4, 0.5],
        [0.6, 0.44],
        [0.7, 0.26],
        [0.71, 0.56],
        [0.64, 0.84],
        [0.46, 0.94],
        [0.28, 0.86],
      ],
    ],
    [
      [
        [0.68, 0.18],
        [0.46, 0.08],
        [0.28, 0.24],
        [0.34, 0.46],
        [0.54, 0.46],
        [0.68, 0.2],
        [0.68, 0.2],
        [0.62, 0.56],
        [0.5, 0.94],
      ],
    ],
  ],
]

/** Steps between two given points. */
const STEPS = 3

function smooth(stroke: Stroke): number[] {
  const at = (i: number) => stroke[Math.min(Math.max(i, 0), stroke.length - 1)] as readonly [number, number]
  const points: number[] = [...at(0)]
  for (let i = 0; i + 1 < stroke.length; i++) {
    const [p0, p1, p2, p3] = [at(i - 1), at(i), at(i + 1), at(i + 2)]
    if (p1[0] === p2[0] && p1[1] === p2[1]) continue
    for (let k = 1; k <= STEPS; k++) {
      const t = k / STEPS
      for (const axis of [0, 1] as const) {
        const [a, b, c, d] = [p0[axis], p1[axis], p2[axis], p3[axis]]
        points.push(0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t + (3 * b - a - 3 * c + d) * t * t * t))
      }
    }
  }
  return points
}

function glyphOf(variant: Variant): Glyph {
  const points: number[] = []
  const starts = [0]
  for (const stroke of variant) {
    points.push(...smooth(stroke))
    starts.push(points.length / 2)
  }
  return { points: Float64Array.from(points), starts }
}

/** Digit → ways of writing it. */
export const glyphs: readonly (readonly Glyph[])[] = written.map((variants) => variants.map(glyphOf))
