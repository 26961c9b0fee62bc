// Tests an app's SCIM by what identity providers send, without any of them.

import { type Simulated, simulate, tellSimulation } from 'lockstep/simulate'

/** Where the app answers: `scim.fetch` of an embedded provider, or any function like `fetch`. */
type Answer = (request: Request) => Promise<Response>

/** Fails, and says why, unless these identity providers would do all their work with the app. */
export async function assertWorksWith(providers: readonly Simulated[], fetch: Answer, token: string): Promise<void> {
  for (const provider of providers) {
    const played = await simulate(provider, { fetch, token, people: 2, seed: 1 })
    if (!played.works) throw new Error(tellSimulation(played))
  }
}

/** Lets Okta hire two people and part with them again, and looks at the app's own state in between. */
export async function watchLeavers(url: string, token: string, hasAccess: (id: string) => Promise<boolean>) {
  const seen: string[] = []
  await simulate('okta', {
    url,
    token,
    people: 2,
    only: ['leaver'],
    async onAct({ act, people }) {
      for (const { id = '' } of people) seen.push(`${act}: ${(await hasAccess(id)) ? 'in' : 'out'}`)
    },
  })
  return seen
}
