// The routes of the admin API for probes: what an app takes, found out on an account of its own.

import { z } from 'zod'
import type { ProbeRun } from '../../hub/index.ts'
import { isoTime } from '../../tenancy/index.ts'
import { type Route, route } from '../route.ts'
import { time } from '../shapes.ts'

const finding = z.object({
  setting: z.string().describe('Path of the setting in the profile'),
  seen: z.unknown(),
  configured: z.unknown().describe('What the profile says'),
  how: z.string().describe('What it was seen by'),
})

/** A probe. */
const ProbeBody = z.object({
  probe: z.string(),
  state: z.enum(['running', 'done', 'failed']),
  message: z.string().optional().describe('Why it failed'),
  began: time,
  at: z.string().optional().describe('What is being done'),
  report: z
    .object({
      findings: z.array(finding).describe('In the order in which they were seen'),
      differences: z.array(finding).describe('Those that the profile says otherwise'),
      proposed: z.record(z.string(), z.unknown()).describe('For options.profile: the profile with what was seen'),
      notes: z.array(z.string()).describe('What could not be tried, and what is odd'),
      left: z.array(z.string()).describe('What the probe made and could not remove'),
    })
    .optional(),
})

/** How an app is probed. */
const ProbeOptionsBody = z.strictObject({
  domain: z
    .string()
    .regex(/^[a-z0-9.-]{1,253}$/i)
    .optional()
    .describe('Domain of the e-mail address of the account; some apps take only verified ones. Absent: example.com'),
})

function probeJson({ id, kind: _kind, seenAt: _seenAt, beganAt, ...run }: ProbeRun) {
  return { probe: id, ...run, began: isoTime(beganAt) }
}

/** The routes for probes. */
export const PROBE_ROUTES: readonly Route[] = [
  route({
    method: 'post',
    path: '/tenants/{tenant}/apps/{app}/probes',
    id: 'probeApp',
    does: 'Find out what a SCIM app takes, on an account and a group that are made there and removed. The answer comes at once: read the probe until it is no longer running',
    needs: { capability: 'apps', reach: 'tenant' },
    body: ProbeOptionsBody,
    gives: { status: 201, body: ProbeBody },
    run: async ({ params, body }, { hub }) => probeJson(await hub.probes.begin(params.tenant, params.app, body)),
  }),
  route({
    method: 'get',
    path: '/tenants/{tenant}/apps/{app}/probes/{probe}',
    id: 'showProbe',
    does: 'Show a probe: what was seen, and the profile that says it. Kept for 30 days',
    needs: { capability: 'see', reach: 'tenant' },
    gives: { status: 200, body: ProbeBody },
    run: async ({ params }, { hub }) => probeJson(await hub.probes.get(params.tenant, params.app, params.probe)),
  }),
]
