/** The form of a parameter that is one of several kinds: the chosen kind's settings stand below it, those of others do not. */
import type { ReactElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { expect, test } from 'vitest'
import { initializerSpec } from '../../engine/layers/kit/affine'
import type { Variant } from '../../engine/layers/kit/params'
import { ParamField } from '../../renderer/controls/ParamForm'

const field = (value: Variant): ReactElement => <ParamField spec={initializerSpec} value={value} onChange={() => {}} />
const labels = (html: string): string[] => [...html.matchAll(/<label[^>]*>([^<]*)<\/label>/g)].map(([, label = '']) => label)
const values = (html: string): string[] => [...html.matchAll(/<input[^>]*value="([^"]*)"/g)].map(([, value = '']) => value)

test('a kind without settings is a list to choose from', () => {
  const html = renderToStaticMarkup(field('xavier'))
  expect(labels(html)).toHaveLength(1)
  expect(html).toMatch(/<option value="xavier" selected="">/)
  expect(html).toContain('<option value="orthogonal">')
})

test('a kind with settings has a field for each: what is given, or the default', () => {
  const html = renderToStaticMarkup(field({ kind: 'normal', deviation: 1 }))
  expect(html).toMatch(/<option value="normal" selected="">/)
  expect(labels(html)).toHaveLength(3)
  expect(values(html)).toEqual(['0', '1'])
  expect(values(renderToStaticMarkup(field('uniform')))).toEqual(['-0.07', '0.07'])
})
