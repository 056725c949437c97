/** @file A text to learn a language from, without any file: a story of our own. In: how to cut it into samples. Out: stretches of it. */
import { defineDataset } from '../dataset'
import { story } from '../text/story'
import { stretchesOf, stretchSpecs } from '../text/stretches'

export default defineDataset({
  kind: 'story',
  title: { en: 'A story', zh: '一个故事' },
  summary: {
    en: 'A story in plain English, about 3500 words: enough for a recurrent network to learn to spell and to imitate its sentences.',
    zh: '一篇约 3500 词的浅显英文故事：足以让循环网络学会拼写并模仿其句子。',
  },
  onDisk: false,
  params: stretchSpecs,
  open: async (settings, options) => stretchesOf(story, settings, options, 'story'),
})
