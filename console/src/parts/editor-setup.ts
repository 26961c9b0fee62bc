// How editors look and which keys they have: colours are those of the page, which reach into the shadow root.

import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { bracketMatching, foldGutter, foldKeymap, HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import { lintGutter } from '@codemirror/lint'
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search'
import { EditorState, type Extension } from '@codemirror/state'
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view'
import { tags } from '@lezer/highlight'

const colours = HighlightStyle.define([
  { tag: tags.propertyName, color: 'var(--accent)' },
  { tag: tags.string, color: 'var(--ok)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--held)' },
  { tag: tags.punctuation, color: 'var(--text-3)' },
])

const look = EditorView.theme({
  '&': { height: '100%', color: 'var(--text)', backgroundColor: 'var(--surface)', fontSize: '12.5px' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '20px', overflow: 'auto' },
  '.cm-content': { caretColor: 'var(--text)', padding: '8px 0' },
  '.cm-gutters': { backgroundColor: 'var(--surface)', color: 'var(--text-3)', border: 'none' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--sunken)' },
  '&.cm-focused': { outline: '2px solid var(--accent)', outlineOffset: '-2px' },
  '.cm-selectionBackground, &.cm-focused .cm-selectionBackground': { backgroundColor: 'var(--accent-bg) !important' },
  '.cm-panels': { backgroundColor: 'var(--sunken)', color: 'var(--text)' },
  '.cm-textfield': { backgroundColor: 'var(--surface)', color: 'var(--text)', border: '1px solid var(--edge)' },
  '.cm-button': {
    backgroundImage: 'none',
    backgroundColor: 'var(--surface)',
    color: 'var(--text)',
    border: '1px solid var(--edge)',
  },
  '.cm-tooltip': { backgroundColor: 'var(--surface)', color: 'var(--text)', border: '1px solid var(--line)' },
  '.cm-foldPlaceholder, .cm-collapsedLines': {
    backgroundColor: 'var(--sunken)',
    color: 'var(--text-2)',
    border: 'none',
    background: 'var(--sunken)',
  },
  '.cm-mergeView, .cm-mergeViewEditors': { height: '100%' },
  '.cm-changedLine': { backgroundColor: 'var(--accent-bg) !important' },
  '.cm-changedText': {
    background: 'none',
    textDecoration: 'underline',
    textDecorationColor: 'var(--accent)',
    textUnderlineOffset: '3px',
  },
  '.cm-deletedChunk': { backgroundColor: 'var(--fail-bg)' },
})

/** What both have. */
function base(name: string): Extension {
  return [
    lineNumbers(),
    foldGutter(),
    bracketMatching(),
    search({ top: true }),
    highlightSelectionMatches(),
    syntaxHighlighting(colours),
    look,
    keymap.of([...defaultKeymap, ...searchKeymap, ...foldKeymap]),
    EditorView.contentAttributes.of({ 'aria-label': name, tabindex: '0' }),
  ]
}

/** A text that can only be read. */
export function reading(name: string): Extension {
  return [base(name), EditorState.readOnly.of(true), EditorView.editable.of(false)]
}

/** A text that can be changed. */
export function editing(name: string): Extension {
  return [
    base(name),
    history(),
    keymap.of(historyKeymap),
    drawSelection(),
    highlightActiveLine(),

    lintGutter(),
  ]
}
