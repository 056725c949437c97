/**
 * @file The gallery: where one starts. In: the templates, and drafts kept from earlier. Out: a document opened with one click.
 */
import { FilePlus2, FolderOpen, History, X } from 'lucide-react'
import { Dialog } from 'radix-ui'
import { useEffect, useState } from 'react'
import { runCommand } from '../commands/registry'
import { BrandMark } from '../header/BrandMark'
import { galleryWords } from '../i18n/gallery-words'
import { useLanguage, useText, useWords } from '../i18n/i18n'
import { formatCount, formatLarge } from '../i18n/numbers'
import { openDocument, useDocument } from '../store/document'
import { type Draft, deleteDraft, readDrafts } from '../store/drafts'
import { restoreDraft } from '../store/persistence'
import { showUi, useUi } from '../store/ui'
import './gallery.css'
import { type Preview, shelves } from './previews'
import { Thumbnail } from './Thumbnail'

const RECENT = 4

export function Gallery() {
  const isOpen = useUi((state) => state.gallery)
  return isOpen ? <Opened /> : null
}

const close = (): void => showUi({ gallery: false })

function Opened() {
  const say = useWords(galleryWords)
  const text = useText()
  return (
    <Dialog.Root open onOpenChange={(open) => !open && close()}>
      <Dialog.Portal>
        <Dialog.Content
          className="gallery"
          aria-describedby="gallery-hint"
          onOpenAutoFocus={(event) => {
            // The page itself, not its first button: nothing looks chosen, and Tab begins at the top.
            event.preventDefault()
            if (event.currentTarget instanceof HTMLElement) event.currentTarget.focus()
          }}
        >
          <div className="gallery-page">
            <div className="gallery-head">
              <BrandMark size={30} />
              <div className="grow">
                <Dialog.Title>{say('title')}</Dialog.Title>
                <p id="gallery-hint">{say('hint')}</p>
              </div>
              <Dialog.Close className="btn icon plain" aria-label={say('close')}>
                <X size={16} />
              </Dialog.Close>
            </div>
            <div className="gallery-starts">
              <Start icon={<FilePlus2 size={17} />} title={say('blank')} hint={say('blankHint')} onClick={() => runCommand('file.new')} />
              <Start icon={<FolderOpen size={17} />} title={say('open')} hint={say('openHint')} onClick={() => runCommand('file.open')} />
            </div>
            <Recent />
            {shelves().map((shelf) => (
              <section key={shelf.key}>
                <h3 className="section-head">{text(shelf.title)}</h3>
                <div className="gallery-cards">
                  {shelf.previews.map((preview) => (
                    <Card key={preview.template.id} preview={preview} />
                  ))}
                </div>
              </section>
            ))}
          </div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

function Start({ icon, title, hint, onClick }: { icon: React.ReactNode; title: string; hint: string; onClick: () => void }) {
  return (
    <button type="button" className="gallery-start" onClick={onClick}>
      {icon}
      <span>
        <b>{title}</b>
        <small>{hint}</small>
      </span>
    </button>
  )
}

function Card({ preview }: { preview: Preview }) {
  const say = useWords(galleryWords)
  const text = useText()
  const { template, document, parameterCount, layerCount } = preview
  return (
    <button
      type="button"
      className="gallery-card"
      title={[text(template.source), template.expected && text(template.expected)].filter(Boolean).join('\n')}
      onClick={() => {
        openDocument({ ...template.create(), name: text(template.title), description: text(template.summary) })
        close()
      }}
    >
      <Thumbnail document={document} />
      <b>{text(template.title)}</b>
      <span className="gallery-summary">{text(template.summary)}</span>
      <span className="gallery-counts mono">
        {say('parameters', { count: parameterCount < 1e6 ? formatCount(parameterCount) : formatLarge(parameterCount) })} ·{' '}
        {say('layers', { count: layerCount })}
      </span>
    </button>
  )
}

/** Drafts of earlier days; the open one is not among them. */
function Recent() {
  const say = useWords(galleryWords)
  const language = useLanguage()
  const key = useDocument((state) => state.key)
  const [drafts, setDrafts] = useState<readonly Draft[]>([])
  useEffect(() => {
    readDrafts().then(setDrafts, () => setDrafts([])) // Without storage there is nothing recent; autosave has already said so.
  }, [])
  const shown = drafts.filter((draft) => draft.key !== key && draft.document.nodes.length > 0).slice(0, RECENT)
  if (shown.length === 0) return null
  const when = (time: number): string =>
    Date.now() - time < 60_000
      ? say('justNow')
      : new Intl.DateTimeFormat(language === 'zh' ? 'zh-CN' : 'en', { dateStyle: 'medium', timeStyle: 'short' }).format(time)
  return (
    <section>
      <h3 className="section-head">{say('recent')}</h3>
      <div className="gallery-recent">
        {shown.map((draft) => (
          <div key={draft.key} className="gallery-draft">
            <button type="button" onClick={() => restoreDraft(draft) && close()}>
              <History size={14} aria-hidden="true" />
              <b>{draft.document.name}</b>
              <small>
                {when(draft.savedAt)}
                {draft.isDirty && ` · ${say('unsaved')}`}
              </small>
            </button>
            <button
              type="button"
              className="btn icon plain"
              aria-label={say('remove', { name: draft.document.name })}
              onClick={() => {
                void deleteDraft(draft.key)
                setDrafts(drafts.filter((one) => one !== draft))
              }}
            >
              <X size={13} />
            </button>
          </div>
        ))}
      </div>
    </section>
  )
}
