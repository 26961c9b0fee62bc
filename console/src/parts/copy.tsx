// A button that copies a text, and a text with such a button.

import { ActionIcon, Button } from '@mantine/core'
import { Check, Copy as CopyIcon } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import css from './copy.module.css'

/** Copies a text. With a label it is a button with words, without one an icon. */
export function Copy({
  text,
  label,
  name,
}: {
  readonly text: string
  readonly label?: string /** What it copies, for screen readers. */
  readonly name?: string
}) {
  const { t } = useTranslation('parts')
  const [copied, setCopied] = useState(false)
  const copy = () => {
    // Without https there is no clipboard but on this machine; the text can be selected all the same.
    void navigator.clipboard?.writeText(text).then(() => {
      setCopied(true)
      setTimeout(() => setCopied(false), 2_000)
    })
  }
  if (label !== undefined) {
    return (
      <Button variant="default" onClick={copy} leftSection={copied ? <Check size={14} /> : <CopyIcon size={14} />}>
        {copied ? t('copied') : label}
      </Button>
    )
  }
  const said = name === undefined ? t('copy') : t('copyWhat', { name })
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="sm"
      aria-label={copied ? t('copied') : said}
      title={said}
      onClick={copy}
    >
      {copied ? <Check size={14} /> : <CopyIcon size={14} />}
    </ActionIcon>
  )
}

/** A text that machines write, to be copied: an address, a token, a command. */
export function Copied({ text, name }: { readonly text: string; readonly name: string }) {
  return (
    <span className={css.copied}>
      <code>{text}</code>
      <Copy text={text} name={name} />
    </span>
  )
}
