// The routes of the admin API for access reviews: started, decided, closed, carried out, exported.

import { z } from 'zod'
import type { Decider, LineFate, LineNow, Review, ReviewRow, ReviewWork } from '../../hub/index.ts'
import { REVIEW_LIMITS } from '../../hub/index.ts'
import { isoTime } from '../../tenancy/index.ts'
import { fileAnswer } from '../file-answer.ts'
import { type Call, pageWith, type Route, route } from '../route.ts'
import { Instant, pageOf, time, Word } from '../shapes.ts'

const id = z.string().min(1).max(200)
const kind = z.enum(['account', 'group', 'role', 'entitlement'])
const text = z.string().trim().min(1).max(REVIEW_LIMITS.TEXT_LENGTH)
const group = z.object({ id: z.string(), name: z.string() })

/** What a review is about. */
const SubjectBody = z
  .union([
    z.strictObject({ user: id }),
    z.strictObject({ group: id }),
    z.strictObject({ app: id }),
    z.strictObject({ everybody: z.literal(true) }),
  ])
  .describe('Whose access: of a person, through a group, in an app, or everybody')

/** A review that is started. */
const ReviewDraftBody = z.strictObject({
  name: z.string().trim().min(1).max(REVIEW_LIMITS.NAME_LENGTH),
  reason: text,
  subject: SubjectBody,
  exceptions: z.boolean().default(false).describe('Only what no rule gives, or what the app has not confirmed'),
  at: Instant.optional().describe('A moment in the past to copy; absent: now'),
  endsAt: Instant.describe('Until when it is to be decided; somebody closes it then'),
  reviewer: id.optional().describe('The id of the only operator who decides'),
  undecided: z.enum(['keep', 'open']).default('open').describe('What lines count as that nobody has decided about'),
})

const WorkBody = z
  .object({
    state: z.enum(['running', 'done', 'failed']),
    message: z.string().optional(),
    began: time,
    by: z.string(),
    txn: z.string().describe('What the lines of the log that it made have in common'),
    alongside: z.boolean(),
    done: z.int().describe('Lines that were looked at'),
    of: z.int(),
  })
  .describe('The carrying out that is under way, or was the last')

/** A review. */
const ReviewBody = z.object({
  review: z.string().describe('Its id'),
  name: z.string(),
  reason: z.string(),
  subject: SubjectBody,
  exceptions: z.boolean(),
  at: time.optional().describe('The moment that was copied; absent: how things stood while it was copied'),
  place: z.int().describe('The last place of the log when the copy began'),
  copiedPlace: z.int().optional().describe('The last place of the log when the copy was made'),
  started: time,
  startedBy: z.string(),
  endsAt: time,
  reviewer: z.string().optional(),
  undecided: z.enum(['keep', 'open']),
  state: z.enum(['copying', 'open', 'closed', 'failed']),
  message: z.string().optional().describe('Why the copy failed'),
  lines: z.int(),
  doubts: z.array(z.string()).describe("What can't be told for sure of the moment"),
  closed: time.optional(),
  closedBy: z.string().optional(),
  work: WorkBody.optional(),
  runs: z
    .array(z.object({ txn: z.string(), at: time, by: z.string(), left: z.int().describe('Memberships taken away') }))
    .describe('Each time that memberships were taken away; undo takes the txn'),
  counts: z
    .object({
      undecided: z.int(),
      keep: z.int(),
      remove: z.int(),
      done: z.int().describe('Of those to be removed: no rule gives it any more'),
      gone: z.int().describe('Of those to be removed: it was gone already'),
      open: z.int().describe('Of those to be removed: not carried out, or somebody has to change a rule'),
    })
    .describe('Lines by what was decided, and what became of them'),
})

/** A line of a review. */
const LineBody = z.object({
  line: z.string(),
  user: z.string(),
  name: z.string(),
  app: z.string(),
  account: z.string().optional(),
  kind,
  value: z.string(),
  through: z.string().describe('The rules that gave it when it was copied'),
  confirmed: z.boolean().optional(),
  groups: z.array(z.string()).describe('Ids of the groups that these rules name'),
  verdict: z.enum(['keep', 'remove']).optional().describe('Absent: undecided'),
  by: z.string().optional(),
  decided: time.optional(),
  comment: z.string().optional(),
  outcome: z
    .object({
      state: z.enum(['going', 'done', 'gone', 'open']),
      why: z.string().optional(),
      at: time,
      left: z.array(group).optional().describe('The groups that the person was taken out of'),
    })
    .optional(),
  now: z
    .enum(['same', 'changed', 'leaving', 'gone'])
    .optional()
    .describe('With `now`: how it stands; leaving: no rule gives it any more, and the app has not confirmed'),
  throughNow: z.string().optional(),
})

const LineFilter = {
  verdict: z.enum(['keep', 'remove', 'undecided']).optional(),
  outcome: z.enum(['done', 'gone', 'open']).optional().describe('What became of those to be removed'),
  user: id.optional(),
  app: id.optional(),
  kind: kind.optional(),
  text: Word.optional().describe("A part of the person's name, of the value or of the rule, in any letter case"),
}

const page = (most: number, standard = 100) => ({
  after: Word.optional().describe('The `next` of the page before'),
  limit: z.coerce.number().int().min(1).max(most).default(standard).describe('Most entries of the page'),
})

const LinesQuery = z.strictObject({
  ...LineFilter,
  ...page(1_000),
  now: z
    .enum(['true', 'false'])
    .default('false')
    .describe('Say of each line how it stands now; 200 lines at most then'),
})

/** A decision. */
const DecisionBody = z.strictObject({
  lines: z.array(z.string().min(1).max(20)).min(1).max(1_000).optional().describe('These lines, or …'),
  where: z.strictObject(LineFilter).optional().describe('… all that fit; {} is every line'),
  after: Word.optional().describe('The `next` of the answer before, to go on with `where`'),
  verdict: z.enum(['keep', 'remove', 'undecided']).describe('undecided takes a decision back'),
  comment: z.string().trim().max(REVIEW_LIMITS.TEXT_LENGTH).optional(),
})

const FateBody = z.object({
  line: z.string(),
  user: z.string(),
  name: z.string(),
  app: z.string(),
  kind,
  value: z.string(),
  does: z
    .enum(['leave', 'gone', 'rule', 'tied'])
    .describe(
      'leave: the person is taken out of `groups`; gone: no rule gives it any more; rule: a rule without a group gives it, which has to be changed; tied: something that was not to be removed hangs on the same groups',
    ),
  groups: z.array(group),
  why: z.string(),
  alongside: z.array(z.string()).describe('What else would come or go with it'),
  changed: z.boolean().describe('Another rule gives it than when it was copied'),
})

function workJson({ beganAt, seenAt: _seenAt, ...work }: ReviewWork) {
  return { ...work, began: isoTime(beganAt) }
}

function reviewJson(row: ReviewRow) {
  const { id, at, startedAt, endsAt, seenAt: _seenAt, closedAt, work, runs, ...rest } = row
  return {
    review: id,
    ...rest,
    at: isoTime(at),
    started: isoTime(startedAt),
    endsAt: isoTime(endsAt),
    closed: isoTime(closedAt),
    work: work && workJson(work),
    runs: runs.map((run) => ({ ...run, at: isoTime(run.at) })),
  }
}

/** A review that has just begun, or goes on in the background. */
function begunJson(review: Review) {
  return reviewJson({ ...review, counts: { undecided: 0, keep: 0, remove: 0, done: 0, gone: 0, open: 0 } })
}

function lineJson({ line, value: { decidedAt, outcome, ...value }, ...now }: LineNow | Omit<LineNow, 'now'>) {
  const { txn: _txn, at, ...became } = outcome ?? { at: undefined }
  return {
    line,
    ...value,
    decided: isoTime(decidedAt),
    outcome: outcome && { ...became, at: isoTime(at) },
    ...now,
  }
}

function fateJson({ line, value: { user, name, app, kind, value }, ...fate }: LineFate) {
  return { line, user, name, app, kind, value, ...fate }
}

/** Who decides. Nobody decides about themselves: neither as a person of this tenant, nor under the name of one. */
function deciderOf({ actor, session }: Pick<Call, 'actor' | 'session'>, tenant: string): Decider {
  const operator = actor.startsWith('console:') ? actor.slice('console:'.length) : undefined
  if (session === undefined) return { actor, people: [] }
  const { holder, identity } = session
  const own =
    holder.by === 'person' ? (holder.tenant === tenant ? [holder.person] : []) : [operator ?? '', identity.name]
  return { actor, operator, people: own.filter((one) => one !== '') }
}

const PATH = '/tenants/{tenant}/reviews'

/** The routes for access reviews. */
export const REVIEW_ROUTES: readonly Route[] = [
  route({
    method: 'get',
    path: PATH,
    id: 'listReviews',
    does: 'List the access reviews, the newest first, with how far they are',
    needs: { capability: 'values', reach: 'tenant' },
    gives: { status: 200, body: z.object({ items: z.array(ReviewBody) }) },
    run: async ({ params }, { hub }) => ({ items: (await hub.reviews.list(params.tenant)).map(reviewJson) }),
  }),
  route({
    method: 'post',
    path: PATH,
    id: 'startReview',
    does: 'Start an access review: a frozen copy of who has what. The answer comes at once: read it until it is no longer copying',
    needs: { capability: 'approve', reach: 'tenant' },
    body: ReviewDraftBody,
    gives: { status: 201, body: ReviewBody },
    run: async ({ params, body }, { hub, ways }) => {
      if (body.reviewer !== undefined) await ways.operator(body.reviewer)
      return begunJson(await hub.reviews.begin(params.tenant, body))
    },
  }),
  route({
    method: 'get',
    path: `${PATH}/{review}`,
    id: 'showReview',
    does: 'Show an access review, and how far it is',
    needs: { capability: 'values', reach: 'tenant' },
    gives: { status: 200, body: ReviewBody },
    run: async ({ params }, { hub }) => reviewJson(await hub.reviews.get(params.tenant, params.review)),
  }),
  route({
    method: 'delete',
    path: `${PATH}/{review}`,
    id: 'deleteReview',
    does: 'Delete an access review with its lines and decisions. What it has changed stays',
    needs: { capability: 'approve', reach: 'tenant', fresh: true },
    gives: { status: 204 },
    run: ({ params }, { hub }) => hub.reviews.remove(params.tenant, params.review),
  }),
  route({
    method: 'get',
    path: `${PATH}/{review}/lines`,
    id: 'listReviewLines',
    does: 'List the lines of an access review, by a filter',
    needs: { capability: 'values', reach: 'tenant' },
    query: LinesQuery,
    gives: { status: 200, body: pageOf(LineBody) },
    run: async ({ params: { tenant, review }, query: { after, limit, now, ...where } }, { hub }) => {
      if (now === 'false') return pageWith(await hub.reviews.lines(tenant, review, where, { after, limit }), lineJson)
      const most = Math.min(limit, 200)
      return pageWith(await hub.reviews.linesNow(tenant, review, where, { after, limit: most }), lineJson)
    },
  }),
  route({
    method: 'get',
    path: `${PATH}/{review}/came`,
    id: 'listReviewCame',
    does: 'What people have now that is not in the copy: it came since',
    needs: { capability: 'values', reach: 'tenant' },
    query: z.strictObject(page(200)),
    gives: {
      status: 200,
      body: pageOf(
        LineBody.pick({ user: true, name: true, app: true, account: true, kind: true, value: true, through: true }),
      ),
    },
    run: ({ params, query }, { hub }) => hub.reviews.came(params.tenant, params.review, query),
  }),
  route({
    method: 'post',
    path: `${PATH}/{review}/decisions`,
    id: 'decideReview',
    does: 'Decide about lines of an access review: named ones, or all that a filter gives. Lines about the one who decides are left to somebody else',
    needs: { capability: 'approve', reach: 'tenant' },
    body: DecisionBody.refine(({ lines, where }) => (lines === undefined) !== (where === undefined), {
      message: 'Name either lines or where',
    }),
    gives: {
      status: 200,
      body: z.object({
        decided: z.int(),
        own: z.int().describe('Lines about the one who decides: nothing was decided about them'),
        next: z.string().optional().describe('There may be more that fit: pass it as `after`'),
      }),
    },
    run: ({ params: { tenant, review }, body, actor, session }, { hub }) =>
      hub.reviews.decide(tenant, review, deciderOf({ actor, ...(session && { session }) }, tenant), body),
  }),
  route({
    method: 'post',
    path: `${PATH}/{review}/close`,
    id: 'closeReview',
    does: 'Close an access review: nothing is decided in it any more, and it can be carried out and exported',
    needs: { capability: 'approve', reach: 'tenant' },
    gives: { status: 200, body: ReviewBody },
    run: async ({ params }, { hub }) => reviewJson(await hub.reviews.close(params.tenant, params.review)),
  }),
  route({
    method: 'get',
    path: `${PATH}/{review}/plan`,
    id: 'planReview',
    does: 'What would be done now about each line that is to be removed. Nothing is changed',
    needs: { capability: 'values', reach: 'tenant' },
    query: z.strictObject({
      ...page(200),
      alongside: z.enum(['true', 'false']).default('false').describe('What hangs on the same groups goes, too'),
    }),
    gives: { status: 200, body: pageOf(FateBody) },
    run: async ({ params, query: { alongside, ...query } }, { hub }) =>
      pageWith(
        await hub.reviews.plan(params.tenant, params.review, { ...query, alongside: alongside === 'true' }),
        fateJson,
      ),
  }),
  route({
    method: 'post',
    path: `${PATH}/{review}/apply`,
    id: 'applyReview',
    does: 'Carry out a closed access review: takes people out of the groups that give what is to be removed. The answer comes at once: read the review until its work is no longer running. Again: what is done stays, what is open is tried once more',
    needs: { capability: 'approve', reach: 'tenant', fresh: true },
    body: z.strictObject({
      alongside: z
        .boolean()
        .default(false)
        .describe('Take away what hangs on the same groups, too; otherwise such lines are left open'),
    }),
    gives: { status: 202, body: WorkBody },
    run: async ({ params, body }, { hub, directory }) => {
      const { work } = await hub.reviews.beginApply(params.tenant, params.review, { ...body, directory })
      return work && workJson(work)
    },
  }),
  route({
    method: 'get',
    path: `${PATH}/{review}/csv`,
    id: 'exportReview',
    audited: true,
    does: 'Every line of a closed access review as CSV, to the byte as its signed document vouches for it',
    needs: { capability: 'values', reach: 'tenant' },
    gives: { status: 200, stream: 'application/octet-stream' },
    run: async ({ params: { tenant, review }, actor }, { hub }) =>
      fileAnswer(await hub.reviews.csv(tenant, review), { name: `${tenant}-review-${review}`, format: 'csv', actor }),
  }),
  route({
    method: 'get',
    path: `${PATH}/{review}/document`,
    id: 'signReview',
    audited: true,
    does: 'A closed access review as a signed document: how it came out, and the hash of its CSV. The keys are those of receipts',
    needs: { capability: 'values', reach: 'tenant' },
    gives: {
      status: 200,
      body: z.object({
        jws: z.string().describe('The signed document, as an auditor verifies it'),
        review: z.looseObject({ sub: z.string(), csv: z.object({ sha256: z.string(), bytes: z.int() }) }),
      }),
    },
    run: ({ params }, { hub }) => hub.reviews.sign(params.tenant, params.review),
  }),
]
