/** @file Colours of classes: the categories' own first, then evenly turned hues. In: a class. Out: a CSS colour for both themes. */
const FIRST = ['--data', '--act', '--conv', '--seq', '--norm', '--linear', '--pool', '--loss']

/** `css` reads custom properties. */
export const classColour = (index: number, css: Pick<CSSStyleDeclaration, 'getPropertyValue'>): string => {
  const name = FIRST[index]
  return name ? css.getPropertyValue(name).trim() : `hsl(${(index * 137.5) % 360} 60% 58%)`
}
