// What a run finds out about the server before its cases begin.

import { GROUP, isObject, type JsonObject, USER } from '../protocol/index.ts'
import { Blocked, CheckError, NotOffered } from './fault.ts'
import { freshName, type Session, send } from './session.ts'
import { type Declared, type DeclaredType, readDeclared } from './subject/declared.ts'
import type { Trying } from './subject/least-body.ts'
import { readSubject, type Subject } from './subject/subject.ts'
import { NoAnswer } from './wire/exchange.ts'

/** The server as the cases know it; an error is why a subject cannot be used. */
export interface ServerUnderTest {
  readonly declared: Declared
  readonly subject: Subject | Error
  readonly groups: Subject | Error
}

/** Reads what the server declares about itself; throws `CheckError` when it cannot be checked at all. */
export async function meet(session: Session): Promise<Declared> {
  let declared: Declared
  try {
    declared = await readDeclared((path) => send(session, 'start', 'GET', path))
  } catch (error) {
    if (error instanceof NoAnswer) throw new CheckError(`The server does not answer: ${error.message}`)
    throw error
  }
  const first = declared.types[0]?.endpoint ?? '/Users'
  const list = await send(session, 'start', 'GET', `${first}?count=1`)
  if (list.status === 401 || list.status === 403)
    throw new CheckError(`The server refuses the credentials: GET ${session.base}${first} was answered ${list.status}`)
  const answers = [declared.config, declared.resourceTypes, declared.schemas, list]
  if (answers.every(({ status }) => status === 401)) throw new CheckError('The server refuses the credentials')
  if (answers.every(({ status }) => status < 200 || status > 299))
    throw new CheckError(
      `There is no SCIM server at ${session.base}: ${answers.map(({ url, status }) => `${url.slice(session.base.length)} was answered ${status}`).join(', ')}; give the base URL, without /Users`,
    )
  if (answers.every(({ body }) => !isObject(body)))
    throw new CheckError(
      `There is no SCIM server at ${session.base}: none of its answers is a JSON object; give the base URL, without /Users`,
    )
  return declared
}

/** Finds out what can be created, for users and for groups. */
export async function surveyServer(session: Session, declared: Declared): Promise<ServerUnderTest> {
  const trying = (type: DeclaredType): Trying => ({
    name: () => freshName(session),
    async create(body) {
      const exchange = await send(session, 'start', 'POST', type.endpoint, body)
      const id = isObject(exchange.body) ? exchange.body.id : undefined
      if (exchange.status < 200 || exchange.status > 299 || typeof id !== 'string')
        return { exchange, shown: undefined }
      const { body: shown } = await send(session, 'start', 'GET', `${type.endpoint}/${encodeURIComponent(id)}`)
      return { exchange, shown: (isObject(shown) ? shown : exchange.body) as JsonObject }
    },
  })
  const settle = async (type: DeclaredType | undefined, none: string): Promise<Subject | Error> => {
    if (type === undefined) return new NotOffered(none)
    try {
      return await readSubject(type, trying(type))
    } catch (error) {
      if (error instanceof Blocked || error instanceof NotOffered) return error
      if (error instanceof NoAnswer) return new Blocked(error.message)
      throw error
    }
  }
  const isGroup = ({ schema }: DeclaredType) => schema === GROUP
  const people = declared.types.find(({ schema }) => schema === USER) ?? declared.types.find((type) => !isGroup(type))
  const subject = await settle(people, 'the server has no resource type but groups')
  const grouping = declared.types.find(isGroup)
  // Where types are not declared, the absence of groups is no fault.
  if (!declared.described && grouping !== undefined) {
    const there = await send(session, 'start', 'GET', `${grouping.endpoint}?count=1`)
    if (there.status !== 200) return { declared, subject, groups: new NotOffered('the server has no groups') }
  }
  return { declared, subject, groups: await settle(grouping, 'the server has no groups') }
}
