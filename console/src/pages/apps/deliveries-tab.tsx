// The requests to one app.

import type { AppTab } from './app-tab.ts'
import { DeliveryList } from './delivery-list.tsx'

export default function DeliveriesTab({ tenant, app }: AppTab) {
  return <DeliveryList tenant={tenant} app={app.app} />
}
