/** @file Words for people, in every language the product speaks. */

export type Language = 'en' | 'zh'

/** One sentence or term in all languages; a missing one does not type-check. */
export type Text = Readonly<Record<Language, string>>
