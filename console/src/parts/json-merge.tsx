// Two versions of a document side by side, or one above the other where there is no room.

import { json } from '@codemirror/lang-json'
import { MergeView, unifiedMergeView } from '@codemirror/merge'
import { EditorView } from '@codemirror/view'
import { useMediaQuery } from '@mantine/hooks'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { reading } from './editor-setup.ts'
import css from './json-editor.module.css'

/** Two texts, the differences marked, what is the same folded. */
export default function JsonMergeView({
  before,
  after,
  height,
}: {
  readonly before: string
  readonly after: string
  readonly height: number
}) {
  const { t } = useTranslation('parts')
  const narrow = useMediaQuery('(max-width: 760px)', false, { getInitialValueInEffect: false })
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (place.current === null) return
    const root = place.current.shadowRoot ?? place.current.attachShadow({ mode: 'open' })
    const collapseUnchanged = { margin: 3, minSize: 6 }
    if (narrow) {
      const merge = unifiedMergeView({ original: before, mergeControls: false, collapseUnchanged })
      const view = new EditorView({
        doc: after,
        extensions: [json(), reading(t('json.merge')), merge],
        root,
        parent: root,
      })
      return () => view.destroy()
    }
    const side = (doc: string, name: string) => ({ doc, extensions: [json(), reading(name)] })
    const view = new MergeView({
      a: side(before, t('json.earlier')),
      b: side(after, t('json.later')),
      root,
      parent: root,
      collapseUnchanged,
      gutter: true,
    })
    view.dom.style.height = '100%'
    view.dom.style.overflow = 'auto'
    return () => view.destroy()
  }, [before, after, narrow, t])
  return <div ref={place} className={css.editor} style={{ height }} data-editor="" />
}
