// The router: made from the table of pages.

import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet } from '@tanstack/react-router'
import i18next from 'i18next'
import { Allowed } from './frame/allowed.tsx'
import { Frame } from './frame/frame.tsx'
import { NotFound } from './frame/not-found.tsx'
import type { PageEntry } from './page-entry.ts'
import { OPEN_PAGES, PAGES } from './pages.ts'
import { Failed } from './parts/failed.tsx'
import { CONSOLE } from './place.ts'
import { formatSearch, parseSearch } from './search.ts'

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound })
const framed = createRoute({ getParentRoute: () => root, id: 'frame', component: Frame })

/** Pages and their words are loaded together. */
function pageRoute({ path, area, load }: (typeof OPEN_PAGES)[number]) {
  return {
    path,
    component: lazyRouteComponent(async () => {
      const [page] = await Promise.all([load(), i18next.loadNamespaces(area)])
      return page
    }),
    errorComponent: Failed,
  }
}

/** A page within the frame, for those who may open it. */
function framedRoute(page: PageEntry) {
  const load = async () => {
    const { default: Content } = await page.load()
    return {
      default: () => (
        <Allowed page={page}>
          <Content />
        </Allowed>
      ),
    }
  }
  return createRoute({ getParentRoute: () => framed, ...pageRoute({ ...page, load }) })
}

/** The router of the console. */
export const router = createRouter({
  routeTree: root.addChildren([
    framed.addChildren(PAGES.map(framedRoute)),
    ...OPEN_PAGES.map((page) => createRoute({ getParentRoute: () => root, ...pageRoute(page) })),
  ]),
  basepath: CONSOLE.pathname.replace(/\/$/, ''),
  defaultPreload: 'intent',
  defaultPendingMs: 200,
  defaultPendingMinMs: 0,
  // Panels scroll, the page itself never does.
  scrollRestoration: false,
  parseSearch,
  stringifySearch: formatSearch,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
