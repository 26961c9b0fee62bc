// Breaks: filters.

// biome-ignore-all lint/suspicious/noAssignInExpressions: a switch is one expression, so that a list of two hundred can be read
// biome-ignore-all lint/complexity/noCommaOperator: the same
// biome-ignore-all lint/suspicious/useIterableCallbackReturn: the same
import { type Break, error, errors, lists, refilter } from '../broken.ts'

/** Filters. */
export const FILTER_BREAKS: readonly Break[] = [
  { name: 'filters are ignored', caught: ['P-084', 'P-121', 'P-145'], wrap: refilter(() => undefined) },
  {
    name: 'unknown operators are ignored',
    caught: ['P-126/operator', 'P-145', 'P-222'],
    wrap: refilter((filter) => (/ (regex|lockstepop) /.test(filter) ? undefined : filter)),
  },
  {
    name: 'open parentheses are closed',
    caught: ['P-126/parenthesis'],
    wrap: refilter((filter) =>
      filter.split('(').length > filter.split(')').length && !filter.includes('"(') ? `${filter})` : filter,
    ),
  },
  {
    name: 'a filter that cannot be read finds nothing',
    caught: [
      'P-126/operator',
      'P-126/value',
      'P-126/attribute',
      'P-126/parenthesis',
      'P-126/and',
      'P-126/words',
      'P-126/bracket',
      'P-127/quotes',
      'P-127/typographic',
      'P-126/after-brackets',
      'P-126/compared-brackets',
      'P-132',
      'P-136/unknown',
      'P-136/nested',
      'P-137/complex',
      'P-137/reference',
      'P-139',
      'P-140',
      'S-110',
      'P-145',
    ],
    wrap: errors(
      400,
      (got, sent) =>
        void (
          sent.query.has('filter') &&
          /^\/(Users|Groups)$/.test(sent.path) &&
          got.body.scimType === 'invalidFilter' &&
          Object.assign(got, {
            status: 200,
            body: {
              schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
              totalResults: 0,
              Resources: [],
              startIndex: 1,
              itemsPerPage: 0,
            },
          })
        ),
    ),
  },
  {
    name: 'a bad filter has no scimType invalidFilter',
    caught: [
      'P-126/operator',
      'P-126/value',
      'P-126/attribute',
      'P-126/parenthesis',
      'P-126/and',
      'P-126/words',
      'P-126/bracket',
      'P-132',
      'P-136/nested',
    ],
    wrap: errors(400, (got, sent) => void (sent.query.has('filter') && delete got.body.scimType)),
  },
  {
    name: 'operators are compared with case',
    caught: ['P-122'],
    wrap: refilter((filter) => (/ (EQ|Eq|eQ|OR|AND|PR)( |$)/.test(filter) ? error(400, 'invalidFilter') : filter)),
  },
  {
    name: '"or" binds tighter than "and"',
    caught: ['P-123'],
    wrap: refilter((filter) => filter.replace(/^([^()]+? or [^()]+?) and ([^()]+)$/, '($1) and $2')),
  },
  { name: '"not" is ignored', caught: ['P-123/not'], wrap: refilter((filter) => filter.replace(/^not \(/, '(')) },
  { name: 'ne is eq', caught: ['P-128/ne'], wrap: refilter((filter) => filter.replace(/^(\w+) ne /, '$1 eq ')) },
  {
    name: 'eq is sw',
    caught: ['P-128/eq'],
    wrap: refilter((filter) => filter.replace(/^nickName eq "/, 'nickName sw "')),
  },
  {
    name: 'sw is co',
    caught: ['P-129/sw'],
    wrap: refilter((filter) => filter.replace(/^nickName sw /, 'nickName co ')),
  },
  {
    name: 'ew is co',
    caught: ['P-129/ew'],
    wrap: refilter((filter) => filter.replace(/^nickName ew /, 'nickName co ')),
  },
  { name: 'co is eq', caught: ['P-129/co'], wrap: refilter((filter) => filter.replace(/^(\w+) co /, '$1 eq ')) },
  {
    name: 'pr is always true',
    caught: ['P-130', 'P-130/complex', 'P-105'],
    wrap: refilter((filter) => filter.replace(/^(\w+) pr/, 'id pr')),
  },
  {
    name: 'gt is ge',
    caught: ['P-131/text'],
    wrap: refilter((filter) => filter.replace(/^nickName gt /, 'nickName ge ')),
  },
  {
    name: 'times are compared as strings',
    caught: ['P-131/time'],
    wrap: refilter((filter) => filter.replaceAll(/(meta\.created [lg]t "[^"]*)-05:00"/g, '$1Z"')),
  },
  {
    name: 'userName is compared with case',
    caught: ['P-133/inexact'],
    wrap: refilter((filter) => filter.replace(/^(userName eq ")([^"a-z]+)"$/, '$1nobody-$2"')),
  },
  {
    name: 'brackets match across elements',
    caught: ['P-135'],
    wrap: refilter((filter) =>
      filter.replace(/(\w+)\[type eq ("[^"]*") and value eq ("[^"]*")\]/, '($1.type eq $2 and $1.value eq $3)'),
    ),
  },
  {
    name: 'brackets take no parentheses',
    caught: ['P-136'],
    wrap: refilter((filter) => (/\[[^\]]*\(/.test(filter) ? error(400, 'invalidFilter') : filter)),
  },
  {
    name: 'a list without results has null for Resources',
    caught: ['P-101/resources'],
    wrap: lists((body) => void (body.totalResults === 0 && (body.Resources = null))),
  },
  {
    name: 'an empty result is 404',
    caught: ['P-101'],
    wrap: lists(
      (body, sent, got) => void (body.totalResults === 0 && sent.query.has('filter') && Object.assign(got, error(404))),
    ),
  },
  {
    name: 'qualified names are unknown',
    caught: ['S-033'],
    wrap: refilter((filter) =>
      /^urn:ietf:params:scim:schemas:core/.test(filter) ? error(400, 'invalidFilter') : filter,
    ),
  },
  {
    name: 'URNs are compared with case',
    caught: ['S-035'],
    wrap: refilter((filter) => (/^URN:/.test(filter) ? error(400, 'invalidFilter') : filter)),
  },
  {
    name: 'names in filters are compared with case',
    caught: ['S-031/filter'],
    wrap: refilter((filter) => (/^USERNAME /.test(filter) ? error(400, 'invalidFilter') : filter)),
  },
  {
    name: 'filters cannot use externalId',
    caught: ['P-133/exact', 'P-142/externalId'],
    wrap: refilter((filter) => (filter.startsWith('externalId') ? error(400, 'invalidFilter') : filter)),
  },
  {
    name: 'filters cannot use extensions',
    caught: ['P-143'],
    wrap: refilter((filter) => (filter.includes(':User:department') ? error(400, 'invalidFilter') : filter)),
  },
  {
    name: 'wildcards get through',
    caught: ['P-560/wildcards'],
    wrap: refilter((filter) => filter.replace(/sw "([^"]*)%"/, 'sw "$1"')),
  },
  {
    name: 'quotes get through',
    caught: ['P-560/filter'],
    wrap: refilter((filter) => (filter.includes("OR '1'='1") ? undefined : filter)),
  },
  {
    name: 'deep filters make the server fail',
    caught: ['P-560/depth', 'P-560/500'],
    wrap: refilter((filter) => (filter.startsWith('((((((((((((((((((((((((((((((((((') ? error(500) : filter)),
  },
  {
    name: '"not" needs a space',
    caught: ['P-125'],
    wrap: refilter((filter) => (/^not\(/.test(filter) ? error(400, 'invalidFilter') : filter)),
  },
]
