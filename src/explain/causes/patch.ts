// Causes in PATCH requests: paths, targets, operations.

import type { Cause } from '../cause.ts'

/** A change that names what is not there. RFC 7644 §3.5.2. */
export const PATCH: readonly Cause[] = [
  {
    id: 'unknown-attribute',
    codes: ['SCIM_INVALID_PATH', 'SCIM_INVALID_SYNTAX'],
    says: ['has no attribute', 'is not an attribute of this resource type'],
    place: 'mapping',
    en: [
      '{idp} changed an attribute that does not exist here.',
      'Something is mapped to a name that no schema of this tenant has, often misspelt or without its extension.',
      'Remove that mapping, or add an extension with the attribute here and map it by its full name `URN:attribute`. A connection of the kind of the identity provider leaves unknown attributes out instead.',
    ],
    de: [
      '{idp} änderte ein Attribut, das es hier nicht gibt.',
      'Etwas ist einem Namen zugeordnet, den kein Schema dieses Mandanten hat, oft falsch geschrieben oder ohne seine Erweiterung.',
      'Entfernen Sie die Zuordnung, oder fügen Sie hier eine Erweiterung mit dem Attribut hinzu und ordnen Sie es mit vollem Namen `URN:attribut` zu. Eine Verbindung der Art des Identity Providers lässt unbekannte Attribute stattdessen weg.',
    ],
  },
  {
    id: 'path-malformed',
    codes: ['SCIM_INVALID_PATH'],
    says: [
      'is malformed; a path looks like',
      'The path is longer than',
      'takes a filter in remove only',
      "a filter can't follow it",
      'no list of values that a filter could choose from',
      'no value can be made from the filter',
    ],
    place: 'mapping',
    en: [
      '{idp} sent a change whose path cannot be read.',
      'The target attribute of a mapping is written in a way that SCIM does not have, or a filter stands where none can.',
      'Write the target like `displayName`, `name.givenName`, `emails[type eq "work"].value` or `urn:…:User:department`.',
    ],
    de: [
      '{idp} sandte eine Änderung, deren Pfad sich nicht lesen lässt.',
      'Das Zielattribut einer Zuordnung ist so geschrieben, wie SCIM es nicht kennt, oder ein Filter steht, wo keiner stehen kann.',
      'Schreiben Sie das Ziel wie `displayName`, `name.givenName`, `emails[type eq "work"].value` oder `urn:…:User:department`.',
    ],
  },
  {
    id: 'nothing-selected',
    codes: ['SCIM_NO_TARGET'],
    says: ['the filter matches no', 'has no values whose', 'remove needs a "path"'],
    place: 'mapping',
    en: [
      '{idp} changed an entry that the account does not have.',
      'The change selects one by a filter, such as the work e-mail, and there is none; strictly that is an error.',
      'On a connection of the kind of the identity provider or `generic` the entry is created instead: change the kind of the connection, or have the client add the whole entry.',
    ],
    de: [
      '{idp} änderte einen Eintrag, den das Konto nicht hat.',
      'Die Änderung wählt ihn durch einen Filter, etwa die Arbeits-E-Mail, und es gibt keinen; streng genommen ist das ein Fehler.',
      'Auf einer Verbindung der Art des Identity Providers oder `generic` wird der Eintrag stattdessen angelegt: Ändern Sie die Art der Verbindung, oder lassen Sie den Client den ganzen Eintrag hinzufügen.',
    ],
  },
  {
    id: 'filter-and-value-differ',
    codes: ['SCIM_INVALID_VALUE'],
    says: ['that the filter asks for'],
    en: [
      'A change names one entry and gives the value of another.',
      'What stands in the brackets of the path and in the value contradict each other.',
      'Have the client leave out of the value what the brackets already say.',
    ],
    de: [
      'Eine Änderung nennt einen Eintrag und gibt den Wert eines anderen an.',
      'Die Klammern des Pfads und der Wert widersprechen sich.',
      'Lassen Sie den Client im Wert weglassen, was die Klammern schon sagen.',
    ],
  },
  {
    id: 'operation-without-value',
    codes: ['SCIM_INVALID_VALUE'],
    says: [
      'has no "value"; give one, or use remove',
      'has no path, so that its "value"',
      '"schemas" must hold',
      '"schemas" names',
    ],
    place: 'mapping',
    en: [
      '{idp} sent an operation without the value that it needs.',
      'The mapped attribute is empty there and the client sends the operation all the same, or a path is missing.',
      'Have the mapping leave empty values out, or give a default.',
    ],
    de: [
      '{idp} sandte eine Operation ohne den Wert, den sie braucht.',
      'Das zugeordnete Attribut ist dort leer, und der Client sendet die Operation trotzdem, oder ein Pfad fehlt.',
      'Lassen Sie die Zuordnung leere Werte weglassen, oder geben Sie einen Ersatzwert an.',
    ],
  },
  {
    id: 'patch-malformed',
    codes: ['SCIM_INVALID_SYNTAX'],
    says: [
      'of a PATCH',
      'A PATCH needs',
      '"Operations" must be a list',
      '"Operations" is empty',
      '"op"',
      '"path" must be a string',
    ],
    en: [
      'A change came in a shape that is not a SCIM PATCH.',
      'Its `schemas`, `Operations` or an `op` are missing or written differently.',
      'Set the kind of the connection to the client that really sends, or correct the client; SCIM 1.1 settings are a frequent reason.',
    ],
    de: [
      'Eine Änderung kam in einer Form an, die kein SCIM-PATCH ist.',
      'Ihre `schemas`, `Operations` oder ein `op` fehlen oder sind anders geschrieben.',
      'Stellen Sie die Art der Verbindung auf den Client, der wirklich sendet, oder berichtigen Sie den Client; oft ist SCIM 1.1 eingestellt.',
    ],
  },
  {
    id: 'invalid-path',
    codes: ['SCIM_INVALID_PATH'],
    place: 'mapping',
    en: [
      '{idp} changed something that is not there.',
      'The path of the change names no attribute of this resource.',
      'Correct the target of the mapping; Schemas lists the attributes there are.',
    ],
    de: [
      '{idp} änderte etwas, das es nicht gibt.',
      'Der Pfad der Änderung nennt kein Attribut dieser Ressource.',
      'Berichtigen Sie das Ziel der Zuordnung; Schemas nennt die vorhandenen Attribute.',
    ],
  },
  {
    id: 'no-target',
    codes: ['SCIM_NO_TARGET'],
    place: 'mapping',
    en: [
      '{idp} changed an entry that is not there.',
      'The path of the change selects no value.',
      'Have the client add the entry first, or choose the kind of the identity provider for this connection.',
    ],
    de: [
      '{idp} änderte einen Eintrag, den es nicht gibt.',
      'Der Pfad der Änderung wählt keinen Wert aus.',
      'Lassen Sie den Client den Eintrag zuerst hinzufügen, oder wählen Sie für diese Verbindung die Art des Identity Providers.',
    ],
  },
]
