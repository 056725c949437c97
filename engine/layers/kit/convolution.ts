/**
 * @file What convolutions share whatever their direction and the number of axes they slide along: form fields, how channels divide into
 * groups, and arguments as Python writes them.
 * In: channel counts and parameters. Out: specifications, true or a diagnostic with a fix, Python text.
 */
import type { Fail } from './define'
import { type IntSpec, int, int2d, pair } from './params'
import { pythonSize, type Size } from './window'

export const numChannelsSpec = int({
  label: { en: 'Channels', zh: '输出通道数' },
  help: { en: 'Number of filters, so of feature maps.', zh: '卷积核的个数，即特征图的张数。' },
  default: 32,
  min: 1,
  max: 65536,
})

const dilation: Omit<IntSpec, 'type'> = {
  label: { en: 'Dilation', zh: '空洞率' },
  help: {
    en: 'Distance between neighbouring taps of the filter; above 1 it sees further without more weights.',
    zh: '卷积核相邻元素的间距；大于 1 时感受野扩大而参数不增加。',
  },
  default: 1,
  min: 1,
  max: 1024,
  advanced: true,
}
export const dilationSpec = int(dilation)
export const dilation2dSpec = int2d(dilation)

export const groupsSpec = int({
  label: { en: 'Groups', zh: '分组数' },
  help: {
    en: 'Splits the channels into groups that do not see each other; must divide both channel counts. As many as channels: a depthwise convolution.',
    zh: '将通道分成互不相连的若干组；须同时整除输入和输出通道数。等于通道数时即逐通道卷积。',
  },
  default: 1,
  min: 1,
  max: 65536,
  advanced: true,
})

/** Both channel counts must divide into the groups. */
export function groupsFit(channels: number, numChannels: number, groups: number, fail: Fail): boolean {
  const upTo = (count: number): number => Math.ceil(count / groups) * groups
  if (channels % groups !== 0) {
    const wanted = upTo(channels)
    const fewer = largestCommonGroups(channels, numChannels, groups)
    fail({
      code: 'shape.groups',
      port: 'x',
      param: 'groups',
      values: { expected: groups, got: channels },
      fixes: [
        {
          title: { en: `Let the layer before give ${wanted} channels`, zh: `将前一层的通道数改为 ${wanted}` },
          edits: [{ type: 'adjustSource', port: 'x', what: 'width', value: wanted }],
        },
        {
          title: { en: `Divide into groups of ${channels / fewer}`, zh: `改为每组 ${channels / fewer} 个通道` },
          edits: [{ type: 'setParam', param: 'groups', value: fewer }],
        },
      ],
    })
    return false
  }
  if (numChannels % groups === 0) return true
  const wanted = upTo(numChannels)
  fail({
    code: 'shape.groups',
    param: 'numChannels',
    values: { expected: groups, got: numChannels },
    fixes: [
      {
        title: { en: `Give ${wanted} channels`, zh: `将输出通道数改为 ${wanted}` },
        edits: [{ type: 'setParam', param: 'numChannels', value: wanted }],
      },
    ],
  })
  return false
}

/** The most groups, at most `limit`, into which both counts divide. */
function largestCommonGroups(a: number, b: number, limit: number): number {
  for (let groups = Math.min(a, b, limit); groups > 1; groups--) if (a % groups === 0 && b % groups === 0) return groups
  return 1
}

/** Python's keyword arguments for what differs from PyTorch's defaults. */
export const pythonOptions = (values: Readonly<Record<string, readonly [value: Size, usual: number]>>): string =>
  Object.entries(values)
    .filter(([, [value, usual]]) => pair(value).some((v) => v !== usual))
    .map(([name, [value]]) => `, ${name}=${pythonSize(value)}`)
    .join('')

/** `16 · 5×5 /2`: channels, window, and a stride that is not 1. */
export const briefConvolution = (numChannels: number, window: string, stride: Size): string =>
  `${numChannels} · ${window}${pair(stride).some((s) => s > 1) ? ` /${Math.max(...pair(stride))}` : ''}`
