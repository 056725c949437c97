/**
 * @file Everything that can be added, in sections. In: the layer registry, the blocks that ship with Netloom and those of the document. Out: items
 * with words and colours, and a search over them.
 */
import type { Text } from '../../engine/core/text'
import type { GraphDocument } from '../../engine/document/schema'
import type { Category } from '../../engine/layers/kit/define'
import { layers } from '../../engine/layers/kit/registry'
import { blocks } from '../../templates/registry'
import type { Addable } from '../store/actions'
import { categoryOf, colourOf } from '../store/graphs'

export interface CatalogueItem {
  readonly key: string
  readonly title: Text
  /** Other names for the same. */
  readonly aliases?: Text
  readonly summary: Text
  readonly colour: string
  readonly addable: Addable
}
export interface CatalogueSection {
  readonly key: string
  readonly title: Text
  readonly items: readonly CatalogueItem[]
}

const sectionTitles: Readonly<Record<Category, Text>> = {
  data: { en: 'Data', zh: '数据' },
  dense: { en: 'Dense', zh: '全连接' },
  convolution: { en: 'Convolution', zh: '卷积' },
  pooling: { en: 'Pooling', zh: '池化' },
  normalization: { en: 'Normalization', zh: '归一化' },
  activation: { en: 'Activation', zh: '激活' },
  sequence: { en: 'Sequence', zh: '序列' },
  shape: { en: 'Shape', zh: '形状' },
  merge: { en: 'Merge', zh: '合并' },
  arithmetic: { en: 'Arithmetic', zh: '算术' },
  filter: { en: 'Image filters', zh: '图像滤波' },
  information: { en: 'Information', zh: '信息论' },
  regularization: { en: 'Regularization', zh: '正则化' },
  loss: { en: 'Loss', zh: '损失' },
}
const blocksTitle: Text = { en: 'Blocks', zh: '模块' }
const same = (words: string): Text => ({ en: words, zh: words })

const layerSections: readonly CatalogueSection[] = (Object.keys(sectionTitles) as Category[])
  .map((category) => ({
    key: category,
    title: sectionTitles[category],
    items: [...layers.values()]
      .filter((layer) => layer.category === category)
      .map((layer) => ({
        key: layer.kind,
        title: layer.title,
        ...(layer.aliases && { aliases: layer.aliases }),
        summary: layer.summary,
        colour: colourOf(category),
        addable: { type: 'layer', kind: layer.kind } as const,
      })),
  }))
  .filter((section) => section.items.length > 0)

function blockItems(document: GraphDocument): readonly CatalogueItem[] {
  const shipped = [...blocks.values()].map((block) => ({
    id: block.name,
    title: block.label ?? same(block.graph.title),
    summary: block.summary ?? same(''),
    parts: { ...Object.fromEntries(block.blocks), [block.name]: block.graph },
  }))
  const own = Object.entries(document.blocks)
    .filter(([id]) => !blocks.has(id))
    .map(([id, block]) => ({ id, title: same(block.title), summary: same(''), parts: document.blocks }))
  return [...shipped, ...own].map(({ id, title, summary, parts }) => {
    const within = { ...document, blocks: { ...parts, ...document.blocks } }
    const colour = colourOf(categoryOf(within, { id, kind: 'block', block: id, params: {} }))
    return { key: `block ${id}`, title, summary, colour, addable: { type: 'block', id, blocks: parts } }
  })
}

/** All sections; blocks last. */
export function catalogueOf(document: GraphDocument): readonly CatalogueSection[] {
  const items = blockItems(document)
  return items.length === 0 ? layerSections : [...layerSections, { key: 'blocks', title: blocksTitle, items }]
}

/**
 * Keeps what matches every word of the search, in either language, by title, other names, kind or section. What is called exactly so comes
 * first, then what others call so or what begins so: “relu” finds ReLU before Leaky ReLU.
 */
export function searchCatalogue(sections: readonly CatalogueSection[], search: string): readonly CatalogueSection[] {
  const wanted = search.toLowerCase().trim()
  const words = wanted.split(/\s+/).filter(Boolean)
  if (words.length === 0) return sections
  const matches = (item: CatalogueItem, section: CatalogueSection): boolean => {
    const others = item.aliases ? `${item.aliases.en} ${item.aliases.zh}` : ''
    const text = `${item.key} ${item.title.en} ${item.title.zh} ${others} ${section.title.en} ${section.title.zh}`.toLowerCase()
    return words.every((word) => text.includes(word))
  }
  const rank = (item: CatalogueItem): number => {
    const names = [item.key, item.title.en, item.title.zh].map((name) => name.toLowerCase())
    const others = [item.aliases?.en, item.aliases?.zh].flatMap((list) => list?.toLowerCase().split(', ') ?? [])
    if (names.includes(wanted)) return 0
    return others.includes(wanted) || names.some((name) => name.startsWith(wanted)) ? 1 : 2
  }
  return sections
    .map((section) => {
      const items = section.items.filter((item) => matches(item, section)).toSorted((a, b) => rank(a) - rank(b))
      return { section: { ...section, items }, best: Math.min(...items.map(rank)) }
    })
    .filter(({ section }) => section.items.length > 0)
    .toSorted((a, b) => a.best - b.best)
    .map(({ section }) => section)
}
