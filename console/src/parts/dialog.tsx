// A dialog with a title, as every form in one has.

import { Modal } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

/** A dialog. Escape and a click beside it close it. */
export function Dialog({
  title,
  opened = true,
  close,
  size = 460,
  closable = true,
  children,
}: {
  readonly title: string
  readonly opened?: boolean
  readonly close: () => void
  readonly size?: number | string
  /** False while something would be lost by a click beside it. */
  readonly closable?: boolean
  readonly children: ReactNode
}) {
  const { t } = useTranslation('parts')
  return (
    <Modal.Root
      opened={opened}
      onClose={close}
      centered
      size={size}
      closeOnClickOutside={closable}
      closeOnEscape={closable}
    >
      <Modal.Overlay />
      <Modal.Content>
        {/* A header would be a second banner. */}
        <Modal.Header component="div">
          <Modal.Title>{title}</Modal.Title>
          {closable && <Modal.CloseButton aria-label={t('close')} />}
        </Modal.Header>
        <Modal.Body>{children}</Modal.Body>
      </Modal.Content>
    </Modal.Root>
  )
}
