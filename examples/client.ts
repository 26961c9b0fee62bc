// Walks a filtered list and deactivates each user it finds.

import { createClient, filter, token, User } from 'lockstep/client'

/** Deactivates every active user at an e-mail domain and returns their userNames. */
export async function switchOff(url: string, secret: string, domain: string): Promise<string[]> {
  const app = createClient({ url, auth: token(secret) })
  const off: string[] = []
  for await (const user of app.list(User, { filter: filter`emails.value ew ${domain} and active eq true` })) {
    await app.update(User, user, (draft) => {
      draft.active = false
    })
    off.push(user.userName)
  }
  return off
}
