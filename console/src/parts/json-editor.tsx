// An editor of JSON. It lives in a shadow root, where its styles need no style element.

import { json } from '@codemirror/lang-json'
import { setDiagnostics } from '@codemirror/lint'
import { EditorState } from '@codemirror/state'
import { EditorView } from '@codemirror/view'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { editing, reading } from './editor-setup.ts'
import css from './json-editor.module.css'

/** Something wrong in a text, by its characters. */
export interface Mark {
  readonly from: number
  readonly to: number
  readonly message: string
}

/** An editor; without `onChange` the text can only be read. */
export default function JsonEditor({
  text,
  onChange,
  marks,
  label,
  height,
}: {
  readonly text: string
  readonly onChange?: (text: string) => void
  readonly marks?: readonly Mark[]
  readonly label?: string
  readonly height: number
}) {
  const { t } = useTranslation('parts')
  const place = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(null)
  const changed = useRef(onChange)
  changed.current = onChange
  const name = label ?? t(onChange === undefined ? 'json.view' : 'json.edit')
  const canEdit = onChange !== undefined
  useEffect(() => {
    if (place.current === null) return
    const root = place.current.shadowRoot ?? place.current.attachShadow({ mode: 'open' })
    const told = EditorView.updateListener.of((update) => {
      if (update.docChanged) changed.current?.(update.state.doc.toString())
    })
    const state = EditorState.create({ doc: text, extensions: [json(), canEdit ? editing(name) : reading(name), told] })
    view.current = new EditorView({ state, root, parent: root })
    return () => view.current?.destroy()
  }, [canEdit, name])
  useEffect(() => {
    const now = view.current
    if (now === null || now.state.doc.toString() === text) return
    now.dispatch({ changes: { from: 0, to: now.state.doc.length, insert: text } })
  }, [text])
  useEffect(() => {
    const now = view.current
    if (now === null) return
    const most = now.state.doc.length
    const all = (marks ?? []).map(({ from, to, message }) => ({
      from: Math.min(from, most),
      to: Math.min(to, most),
      message,
      severity: 'error' as const,
    }))
    now.dispatch(setDiagnostics(now.state, all))
  }, [marks])
  return <div ref={place} className={css.editor} style={{ height }} data-editor="" />
}
