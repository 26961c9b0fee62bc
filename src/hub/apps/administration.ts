// What administrators do with the hub, under one name in the log.

import type { Environment } from '../../environment.ts'
import type { JsonObject, ResourceType } from '../../protocol/index.ts'
import type { Store } from '../../store/index.ts'
import type { ScimTarget } from '../adapters/scim/scim-target.ts'
import type { AccessSubject, AdapterDeps, AdapterKind, AppSettings, CompiledApp } from '../contract/index.ts'
import { type Access, createAccess } from '../proof/access.ts'
import type { Background } from '../proof/background.ts'
import { createHistories } from '../proof/histories.ts'
import { createPlans, type Plans } from '../proof/plans.ts'
import { createProof, type Proof } from '../proof/proof.ts'
import { createSigningKeys, type Sealing } from '../proof/signing-keys.ts'
import { forgetInReviews } from '../reviews/forget-lines.ts'
import { createReviews, type Reviews } from '../reviews/reviews.ts'
import { AppRefusal } from './app-refusal.ts'
import { withAppTarget } from './app-target.ts'
import { type Apps, createApps } from './apps.ts'
import { createHoldDesk, type HoldDesk } from './hold-desk.ts'
import { createIgnoring, type Ignoring } from './ignoring.ts'
import { createInspection, type Inspection } from './inspection.ts'
import { type LiveWatch, watchApps } from './live.ts'
import { type AppPreview, type PreviewRequest, previewApp } from './preview.ts'
import { createProbes, type Probes } from './probes.ts'

/** What the administration of the hub works with. */
export interface HubDeps {
  readonly store: Store
  readonly environment: Environment
  /** Ways of speaking to apps; the first one is for apps that don't name theirs. */
  readonly kinds: readonly AdapterKind[]
  /** Seals a secret for an app: it opens nowhere else. */
  readonly seal: (tenant: string, app: string, secret: string) => Promise<string>
  /** Whether a sealed secret of an app is this one. */
  readonly matches: (tenant: string, app: string, sealed: string, secret: string) => Promise<boolean>
  /** Seals and opens what belongs to the installation itself. */
  readonly sealing: Sealing
  /** The address of the installation, by which its receipts name it. */
  readonly issuer: () => Promise<string>
  /** Runs work with an app, its adapter open; refuses one that isn't there, or can't be worked with. */
  readonly withApp: <T>(tenant: string, app: string, use: (app: CompiledApp) => Promise<T>) => Promise<T>
  /** Runs work with what the adapter of an app is opened with. */
  readonly withAdapterDeps: <T>(
    tenant: string,
    settings: AppSettings,
    use: (deps: AdapterDeps) => Promise<T>,
  ) => Promise<T>
  /** Where plans, probes and checks go on that nobody waits for. Whoever made it closes it. */
  readonly background: Background
  /** The resource types of a tenant; refuses one that doesn't exist. */
  readonly types: (tenant: string) => Promise<readonly ResourceType[]>
}

/** Who administers. */
export interface HubAdministrator {
  /** The name in the log. */
  readonly actor: string
  /** Whether credentials may name an environment variable: whoever sets the URL of an app learns what the variable holds. */
  readonly mayNameVariables: boolean
}

/** What an administrator does with the hub. */
export interface HubAdministration {
  readonly apps: Apps
  readonly holds: HoldDesk
  readonly proof: Proof
  readonly inspection: Inspection
  readonly ignoring: Ignoring
  /** What the settings of an app, with a change, would make of real people. See {@link previewApp}. */
  readonly preview: (tenant: string, app: string, change: JsonObject, request: PreviewRequest) => Promise<AppPreview>
  /** Who has what; at a moment in the past with `at`, in milliseconds since 1970. See {@link createAccess}. */
  readonly access: (tenant: string, at?: number, subject?: AccessSubject) => Promise<Access>
  readonly plans: Plans
  readonly reviews: Reviews
  readonly probes: Probes
  /** Runs work with a SCIM app as a plain server; refuses one that isn't there or speaks something else. See {@link ScimTarget}. */
  readonly withTarget: <T>(tenant: string, app: string, use: (target: ScimTarget) => Promise<T>) => Promise<T>
  /** Begins to watch the apps of a tenant. */
  readonly watch: (tenant: string) => Promise<LiveWatch>
}

/** Creates the administration of the hub, by administrator. */
export function createHubAdministration(deps: HubDeps): (administrator: HubAdministrator) => HubAdministration {
  const inspection = createInspection(deps)
  const probes = createProbes(deps)
  const histories = createHistories(deps.store, deps.environment)
  const keys = createSigningKeys(deps)
  return (administrator) => {
    const apps = createApps({ ...deps, ...administrator })
    const plans = createPlans({
      ...deps,
      requireTenant: deps.types,
      async letGo(tenant, { id, mode }, plan) {
        if (mode === 'off') await apps.switchOn(tenant, id, plan)
        if (mode === 'paused') await apps.resume(tenant, id)
      },
    })
    const access: HubAdministration['access'] = async (tenant, at, subject) => {
      const { store, kinds, environment } = deps
      if (at !== undefined && at > environment.now())
        throw new AppRefusal('ERR_INVALID', 'The moment must be in the past')
      return createAccess({ store, tenant, types: await deps.types(tenant), kinds, histories }, at, subject)
    }
    const { actor } = administrator
    const proof = createProof(deps, deps.types, actor)
    return {
      apps,
      reviews: createReviews({ ...deps, actor, requireTenant: deps.types, access, keys }),
      holds: createHoldDesk({ ...deps, actor }),
      inspection,
      ignoring: createIgnoring({ ...deps, actor }),
      plans,
      probes,
      preview: (tenant, app, change, request) => previewApp(deps, tenant, app, change, request),
      access,
      withTarget: (tenant, app, use) => withAppTarget(deps, tenant, app, use),
      watch: async (tenant) => {
        await deps.types(tenant)
        return watchApps(deps, tenant)
      },
      proof: {
        ...proof,
        async forget(tenant, user) {
          const forgotten = await proof.forget(tenant, user)
          await forgetInReviews(deps.store, tenant, user)
          return forgotten
        },
      },
    }
  }
}
