// The page for signing in by itself; every other page offers it in place.

import { useTranslation } from 'react-i18next'
import { SignIn } from '../frame/sign-in.tsx'
import { useGo } from '../parts/link.tsx'

const PROBLEMS = ['unreachable', 'refused', 'answer', 'over', 'no-role', 'off'] as const

/** The page to sign in at; the identity provider comes back here when it could not be done. */
export default function SignInPage() {
  const { t } = useTranslation('sign-in')
  const go = useGo()
  const said = new URLSearchParams(location.search).get('problem')
  const problem = PROBLEMS.find((one) => one === said)
  return (
    <SignIn
      {...(problem === undefined ? {} : { said: t(`problem.${problem}`) })}
      done={() => go({ to: '/', replace: true })}
    />
  )
}
