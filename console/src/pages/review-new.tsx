// Starts an access review, of what the page of access showed.

import { Button, Select, Switch, Textarea, TextInput } from '@mantine/core'
import '@mantine/core/styles/Switch.css'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Body, callOf } from '../api/client.ts'
import { useAct } from '../api/use-api.ts'
import { AsCommand, quoted } from '../parts/as-command.tsx'
import css from '../parts/confirm.module.css'
import { Dialog } from '../parts/dialog.tsx'
import { Failed } from '../parts/failed.tsx'
import { useGo } from '../parts/link.tsx'
import { ResourcesField } from '../parts/resources-field.tsx'
import { useAppNames } from './apps/app-names.ts'

type Draft = Body<'POST /tenants/{tenant}/reviews'>

const SUBJECTS = ['everybody', 'app', 'group', 'user'] as const
type Subject = (typeof SUBJECTS)[number]

/** What the page that led here had chosen. */
interface From {
  readonly app: string
  readonly user: string
  readonly group: string
  readonly at: string
  readonly exceptions: boolean
}

/** The dialog that starts a review. */
export function NewReview({
  tenant,
  from,
  close,
}: {
  readonly tenant: string
  readonly from: From
  readonly close: () => void
}) {
  const { t } = useTranslation('reviews')
  const go = useGo()
  const names = useAppNames(tenant)
  const [name, setName] = useState('')
  const [reason, setReason] = useState('')
  const [ends, setEnds] = useState(inTwoWeeks)
  const [subject, setSubject] = useState<Subject>(
    SUBJECTS.find((one) => one !== 'everybody' && from[one] !== '') ?? 'everybody',
  )
  const [id, setId] = useState(from.app || from.group || from.user)
  const [at, setAt] = useState(from.at)
  const [exceptions, setExceptions] = useState(from.exceptions)
  const [reviewer, setReviewer] = useState('')
  const [undecided, setUndecided] = useState<'keep' | 'open'>('open')
  const make = useAct('POST /tenants/{tenant}/reviews', {
    done: ({ review }) => go({ to: '/t/$tenant/reviews/$review', params: { tenant, review } }),
  })
  const body: Draft = {
    name: name.trim(),
    reason: reason.trim(),
    endsAt: `${ends}T23:59:59Z`,
    subject: subject === 'everybody' ? { everybody: true } : ({ [subject]: id } as Draft['subject']),
    exceptions,
    undecided,
    ...(at === '' ? {} : { at: `${at}:00Z` }),
    ...(reviewer.trim() === '' ? {} : { reviewer: reviewer.trim() }),
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    make.mutate({ params: { tenant }, body })
  }
  return (
    <Dialog title={t('new.title')} close={close}>
      <form className={css.form} onSubmit={submit}>
        <TextInput
          label={t('new.name')}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          maxLength={200}
          required
          data-autofocus
        />
        <Textarea
          label={t('new.reason')}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          maxLength={1_000}
          required
        />
        <Select
          label={t('new.subject')}
          data={SUBJECTS.map((value) => ({ value, label: t(`new.${value}`) }))}
          value={subject}
          allowDeselect={false}
          onChange={(value) => {
            setSubject((value ?? 'everybody') as Subject)
            setId('')
          }}
        />
        {subject === 'app' && (
          <Select
            label={t('new.app')}
            data={[...names].map(([value, label]) => ({ value, label }))}
            value={id}
            onChange={(value) => setId(value ?? '')}
            required
          />
        )}
        {(subject === 'group' || subject === 'user') && (
          <ResourcesField
            tenant={tenant}
            of={subject === 'group' ? 'groups' : 'people'}
            label={t(`new.${subject}`)}
            value={id === '' ? [] : [id]}
            most={1}
            onChange={([one = '']) => setId(one)}
            required
          />
        )}
        <TextInput
          type="date"
          label={t('new.ends')}
          value={ends}
          onChange={(event) => setEnds(event.currentTarget.value)}
          required
        />
        <TextInput
          type="datetime-local"
          label={t('new.at')}
          description={t('new.atHow')}
          value={at}
          onChange={(event) => setAt(event.currentTarget.value)}
        />
        <Switch
          label={t('new.exceptions')}
          checked={exceptions}
          onChange={(event) => setExceptions(event.currentTarget.checked)}
        />
        <TextInput
          label={t('new.reviewer')}
          description={t('new.reviewerHow')}
          value={reviewer}
          onChange={(event) => setReviewer(event.currentTarget.value)}
          maxLength={200}
          autoComplete="off"
        />
        <Select
          label={t('new.undecided')}
          data={(['open', 'keep'] as const).map((value) => ({ value, label: t(`new.${value}`) }))}
          value={undecided}
          allowDeselect={false}
          onChange={(value) => setUndecided(value === 'keep' ? 'keep' : 'open')}
        />
        {make.error !== null && <Failed error={make.error} />}
        <div className={css.buttons}>
          <AsCommand
            call={callOf('POST /tenants/{tenant}/reviews', { params: { tenant }, body })}
            command={`lockstep review start${subject === 'everybody' ? '' : ` ${quoted(id)} --as ${subject}`} --name ${quoted(body.name)} --reason ${quoted(body.reason)} --until ${ends}${
              at === '' ? '' : ` --at ${at}:00Z`
            }${exceptions ? ' --exceptions' : ''} --undecided ${undecided} --tenant ${tenant}`}
          />
          <Button type="submit" loading={make.isPending}>
            {t('new.make')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

function inTwoWeeks(): string {
  return new Date(Date.now() + 14 * 86_400_000).toISOString().slice(0, 10)
}
