// Every route of the admin API.

import type { Route } from './route.ts'
import { ACCESS_ROUTES } from './routes/access.ts'
import { AGAIN_ROUTES } from './routes/again.ts'
import { APP_ROUTES } from './routes/apps.ts'
import { AUDIT_ROUTES } from './routes/audit.ts'
import { CHECK_ROUTES } from './routes/checks.ts'
import { CONNECTION_ROUTES } from './routes/connections.ts'
import { EXPLAIN_ROUTES } from './routes/explain.ts'
import { FIND_ROUTES } from './routes/find.ts'
import { HAPPENING_ROUTES } from './routes/happenings.ts'
import { HISTORY_ROUTES } from './routes/history.ts'
import { HOLD_ROUTES } from './routes/holds.ts'
import { IMPORT_ROUTES } from './routes/imports.ts'
import { INDEX_ROUTES } from './routes/indexes.ts'
import { LINK_ROUTES } from './routes/links.ts'
import { LIST_ROUTES } from './routes/lists.ts'
import { LIVE_ROUTES } from './routes/live.ts'
import { LOG_ROUTES } from './routes/log.ts'
import { OIDC_ROUTES } from './routes/oidc.ts'
import { OPERATOR_ROUTES } from './routes/operators.ts'
import { OVERVIEW_ROUTES } from './routes/overview.ts'
import { PEOPLE_ROUTES } from './routes/people.ts'
import { PLAN_ROUTES } from './routes/plans.ts'
import { PREVIEW_ROUTES } from './routes/preview.ts'
import { PROBE_ROUTES } from './routes/probes.ts'
import { REQUEST_ROUTES } from './routes/requests.ts'
import { RETENTION_ROUTES } from './routes/retention.ts'
import { REVIEW_ROUTES } from './routes/reviews.ts'
import { SCHEMA_ROUTES } from './routes/schemas.ts'
import { SEARCH_ROUTES } from './routes/search.ts'
import { SERIES_ROUTES } from './routes/series.ts'
import { SESSION_ROUTES } from './routes/sessions.ts'
import { SETUP_LINK_ROUTES } from './routes/setup-links.ts'
import { SETUP_PAGE_ROUTES } from './routes/setup-page.ts'
import { STREAM_ROUTES } from './routes/stream.ts'
import { SYSTEM_ROUTES } from './routes/system.ts'
import { TENANT_ROUTES } from './routes/tenants.ts'
import { TOKEN_ROUTES } from './routes/tokens.ts'
import { TRY_ROUTES } from './routes/try.ts'
import { TYPE_ROUTES } from './routes/types.ts'
import { UNDO_ROUTES } from './routes/undo.ts'
import { WHEREABOUTS_ROUTES } from './routes/whereabouts.ts'

/** Every route, in the order of the reference page. */
export const ROUTES: readonly Route[] = [
  ...TENANT_ROUTES,
  ...CONNECTION_ROUTES,
  ...SETUP_LINK_ROUTES,
  ...SETUP_PAGE_ROUTES,
  ...APP_ROUTES,
  ...LINK_ROUTES,
  ...PLAN_ROUTES,
  ...HOLD_ROUTES,
  ...LIVE_ROUTES,
  ...PREVIEW_ROUTES,
  ...PROBE_ROUTES,
  ...SEARCH_ROUTES,
  ...FIND_ROUTES,
  ...PEOPLE_ROUTES,
  ...ACCESS_ROUTES,
  ...REVIEW_ROUTES,
  ...REQUEST_ROUTES,
  ...WHEREABOUTS_ROUTES,
  ...SERIES_ROUTES,
  ...OVERVIEW_ROUTES,
  ...STREAM_ROUTES,
  ...SCHEMA_ROUTES,
  ...TYPE_ROUTES,
  ...INDEX_ROUTES,
  ...LIST_ROUTES,
  ...LOG_ROUTES,
  ...EXPLAIN_ROUTES,
  ...HISTORY_ROUTES,
  ...HAPPENING_ROUTES,
  ...UNDO_ROUTES,
  ...IMPORT_ROUTES,
  ...CHECK_ROUTES,
  ...SYSTEM_ROUTES,
  ...RETENTION_ROUTES,
  ...TRY_ROUTES,
  ...AGAIN_ROUTES,
  ...TOKEN_ROUTES,
  ...SESSION_ROUTES,
  ...OPERATOR_ROUTES,
  ...OIDC_ROUTES,
  ...AUDIT_ROUTES,
]
