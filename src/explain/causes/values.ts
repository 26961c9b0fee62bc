// Causes in values: what is missing, too long, of another type or not offered.

import type { Cause } from '../cause.ts'

/** A value that does not fit its attribute. RFC 7643 §2, RFC 7644 §3.12. */
export const VALUES: readonly Cause[] = [
  {
    id: 'own-schema',
    codes: ['SCIM_INVALID_VALUE'],
    says: [
      'A schema must be a JSON object',
      'A resource type must be a JSON object',
      'There is no schema',
      '"schemaExtensions"',
      '" must be a list of',
      '" must be a text',
      '" must be true or false',
      'an attribute occurs twice in',
      '" must be an object',
      'entries; at most',
    ],
    en: [
      'A schema or resource type of your own has a fault.',
      'The message names the member and what belongs there.',
      'Correct the document and put it again.',
    ],
    de: [
      'Ein eigenes Schema oder ein eigener Ressourcentyp hat einen Fehler.',
      'Die Meldung nennt die Stelle und was dort hingehört.',
      'Berichtigen Sie das Dokument und legen Sie es erneut ab.',
    ],
  },
  {
    id: 'password',
    codes: ['SCIM_INVALID_VALUE'],
    says: ['password'],
    place: 'mapping',
    en: [
      'A password came that cannot be used.',
      'It is empty, too long, no text, or has characters that nobody could type.',
      'Map no password if people sign in elsewhere, which is usual; else correct the mapping.',
    ],
    de: [
      'Ein Passwort kam an, das nicht verwendbar ist.',
      'Es ist leer, zu lang, kein Text oder hat Zeichen, die niemand eingeben kann.',
      'Ordnen Sie kein Passwort zu, wenn sich die Personen anderswo anmelden, wie es üblich ist; sonst berichtigen Sie die Zuordnung.',
    ],
  },
  {
    id: 'not-kept',
    codes: ['SCIM_INVALID_VALUE'],
    says: ['is not kept here; leave it out'],
    place: 'mapping',
    en: [
      'An attribute came that this app does not keep.',
      'The app keeps people in a table of its own, which has no place for it.',
      'Take the attribute that the message names out of the mapping.',
    ],
    de: [
      'Ein Attribut kam an, das diese App nicht aufbewahrt.',
      'Die App führt Personen in einer eigenen Tabelle, in der dafür kein Platz ist.',
      'Nehmen Sie das Attribut, das die Meldung nennt, aus der Zuordnung.',
    ],
  },
  {
    id: 'value-required',
    codes: ['SCIM_INVALID_VALUE', 'SCIM_MUTABILITY'],
    says: [
      'is required and must not be empty',
      'is empty; give the name',
      'cannot be left without a value',
      'is required and cannot be removed',
      'and cannot be removed; replace it instead',
      'The extension',
    ],
    place: 'mapping',
    en: [
      '{idp} sent somebody or something without {attribute}, which must have a value.',
      'The field is empty there for this one, or nothing is mapped to it.',
      'Fill the field in for this one, or map an attribute that always has a value.',
    ],
    de: [
      '{idp} sandte jemanden oder etwas ohne {attribute}; es muss einen Wert haben.',
      'Das Feld ist dort leer, oder ihm ist nichts zugeordnet.',
      'Füllen Sie das Feld aus, oder ordnen Sie ein Attribut zu, das immer einen Wert hat.',
    ],
  },
  {
    id: 'value-not-offered',
    codes: ['SCIM_INVALID_VALUE'],
    says: ['must be one of', 'is not in the list of'],
    place: 'mapping',
    en: [
      '{idp} sent a value for {attribute} that is not offered.',
      'Only certain values are allowed there, and the mapping gives another one.',
      'Change the mapping so that it gives one of those, or add the value to the list here.',
    ],
    de: [
      '{idp} sandte für {attribute} einen Wert, der nicht vorgesehen ist.',
      'Dort sind nur bestimmte Werte erlaubt, und die Zuordnung ergibt einen anderen.',
      'Ändern Sie die Zuordnung so, dass sie einen davon ergibt, oder nehmen Sie den Wert hier in die Liste auf.',
    ],
  },
  {
    id: 'value-form',
    codes: ['SCIM_INVALID_VALUE'],
    says: [
      'must be a date and time',
      'must be base64',
      'must be one certificate',
      'must be a URI',
      'must be a URL',
      'must be a language tag',
      'must be as in Accept-Language',
      'must be a time zone',
      'must be an e-mail address',
      'must be a country code',
    ],
    place: 'mapping',
    en: [
      '{idp} sent a value for {attribute} that is not written in its form.',
      'What is entered there, such as an e-mail address, a date or a country, is not one, or another attribute is mapped to it.',
      'Correct it for this one, or convert it in the mapping. Connections of the kinds of identity providers take most of these as they are.',
    ],
    de: [
      '{idp} sandte für {attribute} einen Wert, der nicht in seiner Form geschrieben ist.',
      'Was dort eingetragen ist, etwa eine E-Mail-Adresse, ein Datum oder ein Land, ist keines, oder ein anderes Attribut ist zugeordnet.',
      'Berichtigen Sie den Wert, oder wandeln Sie ihn in der Zuordnung um. Verbindungen der Arten von Identity Providern nehmen das meiste an, wie es ist.',
    ],
  },
  {
    id: 'value-type',
    codes: ['SCIM_INVALID_VALUE'],
    says: [
      ' must be a string',
      ' must be a whole number, without',
      ' must be from ',
      '; it was ',
      'has more digits than',
      "must be an object with the extension's attributes",
      'must be the URI of a resource',
      'values in its text; one is asked for',
      ' must be ',
    ],
    place: 'mapping',
    en: [
      '{idp} sent a value for {attribute} that is of another type.',
      'A text stands where a number, a boolean, a date or an object belongs, or the other way round; the mapping points at the wrong attribute or lacks a conversion.',
      'Map an attribute of the right type, or convert it in the mapping.',
    ],
    de: [
      '{idp} sandte für {attribute} einen Wert von anderem Typ.',
      'Ein Text steht, wo eine Zahl, ein Wahrheitswert, ein Datum oder ein Objekt hingehört, oder umgekehrt; die Zuordnung zeigt auf das falsche Attribut oder wandelt nicht um.',
      'Ordnen Sie ein Attribut vom richtigen Typ zu, oder wandeln Sie es in der Zuordnung um.',
    ],
    vendors: {
      onelogin: {
        why: {
          en: 'OneLogin sends every value of its template as a text; here another type is needed than can be read from that text.',
          de: 'OneLogin sendet jeden Wert seiner Vorlage als Text; hier wird ein Typ gebraucht, der sich aus diesem Text nicht lesen lässt.',
        },
      },
    },
  },
  {
    id: 'json-in-text',
    codes: ['SCIM_INVALID_VALUE'],
    says: ['begins like JSON', 'is JSON in a text'],
    place: 'mapping',
    en: [
      '{idp} sent JSON written as text for {attribute}.',
      'The mapping uses an expression that writes an object into a text, or two values into one.',
      'Map the single value instead, for app roles `SingleAppRoleAssignment([appRoleAssignments])`.',
    ],
    de: [
      '{idp} sandte für {attribute} JSON als Text.',
      'Die Zuordnung nutzt einen Ausdruck, der ein Objekt in einen Text schreibt, oder zwei Werte in einen.',
      'Ordnen Sie stattdessen den einzelnen Wert zu, bei App-Rollen `SingleAppRoleAssignment([appRoleAssignments])`.',
    ],
  },
  {
    id: 'two-primary',
    codes: ['SCIM_INVALID_VALUE'],
    says: ['two entries with primary true', 'values primary; at most one may be'],
    place: 'mapping',
    en: [
      '{idp} marked two entries of {attribute} as primary.',
      'Two mappings both set `primary`, and only one entry can be the main one.',
      'Leave `primary` on one of the mappings.',
    ],
    de: [
      '{idp} kennzeichnete zwei Einträge von {attribute} als primär.',
      'Zwei Zuordnungen setzen `primary`, und nur ein Eintrag kann der wichtigste sein.',
      'Lassen Sie `primary` nur an einer der Zuordnungen.',
    ],
  },
  {
    id: 'empty-entry',
    codes: ['SCIM_INVALID_VALUE'],
    says: ['holds null in its list', 'has an entry without "value"', 'does not end in the id', 'but its $ref leads to'],
    place: 'mapping',
    en: [
      '{idp} sent an entry of {attribute} that says nothing, or two things.',
      'The attribute that is mapped to it is empty there, or the entry names two different resources.',
      'Have the mapping leave the entry out when it is empty.',
    ],
    de: [
      '{idp} sandte einen Eintrag von {attribute}, der nichts oder zweierlei sagt.',
      'Das zugeordnete Attribut ist dort leer, oder der Eintrag nennt zwei verschiedene Ressourcen.',
      'Lassen Sie die Zuordnung den Eintrag weglassen, wenn er leer ist.',
    ],
  },
  {
    id: 'value-too-long',
    codes: ['SCIM_INVALID_VALUE'],
    says: ['characters long; at most', 'values; at most', 'would have more than', 'is longer than'],
    place: 'mapping',
    en: [
      '{idp} sent more for {attribute} than is kept.',
      'A text or a list is beyond its limit, often because an attribute that collects values is mapped to it.',
      'Map an attribute that holds one short value, or shorten what it gives.',
    ],
    de: [
      '{idp} sandte für {attribute} mehr, als aufbewahrt wird.',
      'Ein Text oder eine Liste überschreitet die Grenze, oft weil ein Attribut zugeordnet ist, das Werte sammelt.',
      'Ordnen Sie ein Attribut mit einem kurzen Wert zu, oder kürzen Sie, was es ergibt.',
    ],
  },
  {
    id: 'bad-characters',
    codes: ['SCIM_INVALID_VALUE', 'SCIM_INVALID_SYNTAX'],
    says: ['holds the character NUL', 'holds half a character', 'contains NUL', 'control or unassigned character'],
    place: 'mapping',
    en: [
      '{idp} sent a text with characters that no value can have.',
      'They come from a source that stores texts differently, or from a text that was cut in the middle of a character.',
      'Correct the value at its source.',
    ],
    de: [
      '{idp} sandte einen Text mit Zeichen, die kein Wert haben kann.',
      'Sie stammen aus einer Quelle, die Texte anders speichert, oder aus einem mitten im Zeichen gekürzten Text.',
      'Berichtigen Sie den Wert an seiner Quelle.',
    ],
  },
  {
    id: 'reference-type',
    codes: ['SCIM_INVALID_VALUE'],
    says: ['; give the id of a '],
    place: 'mapping',
    en: [
      '{idp} let {attribute} point at something of another type.',
      'The id belongs to a group where a person is needed, or the other way round.',
      'Map the id of the right one.',
    ],
    de: [
      '{idp} ließ {attribute} auf etwas von anderem Typ zeigen.',
      'Die ID gehört einer Gruppe, wo eine Person gebraucht wird, oder umgekehrt.',
      'Ordnen Sie die ID des Richtigen zu.',
    ],
  },
  {
    id: 'read-only',
    codes: ['SCIM_MUTABILITY'],
    says: ['is readOnly'],
    place: 'mapping',
    en: [
      '{idp} tried to set {attribute}, which only this server sets.',
      'Something is mapped to it there, or the client sends back what it read.',
      'Remove the mapping to it.',
    ],
    de: [
      '{idp} wollte {attribute} setzen; das setzt nur dieser Server.',
      'Dort ist ihm etwas zugeordnet, oder der Client sendet zurück, was er gelesen hat.',
      'Entfernen Sie die Zuordnung.',
    ],
  },
  {
    id: 'immutable',
    codes: ['SCIM_MUTABILITY'],
    says: ['is immutable'],
    place: 'mapping',
    en: [
      '{idp} tried to change {attribute}, which keeps its first value for good.',
      'The value changed there after the account was created.',
      'Map an attribute that does not change, or delete the account here and let it be created anew.',
    ],
    de: [
      '{idp} wollte {attribute} ändern; es behält seinen ersten Wert für immer.',
      'Der Wert hat sich dort geändert, nachdem das Konto angelegt war.',
      'Ordnen Sie ein Attribut zu, das sich nicht ändert, oder löschen Sie das Konto hier und lassen Sie es neu anlegen.',
    ],
  },
  {
    id: 'schemas-fixed',
    codes: ['SCIM_MUTABILITY'],
    says: ['"schemas" always names'],
    en: [
      'A client tried to take away what a resource is.',
      'Every resource names its base schema.',
      'Have the client leave `schemas` alone.',
    ],
    de: [
      'Ein Client wollte wegnehmen, was eine Ressource ist.',
      'Jede Ressource nennt ihr Grundschema.',
      'Lassen Sie den Client `schemas` in Ruhe.',
    ],
  },
  {
    id: 'mutability',
    codes: ['SCIM_MUTABILITY'],
    place: 'mapping',
    en: [
      '{idp} tried to change something that cannot be changed.',
      'The attribute is set by this server, or keeps its first value.',
      'Remove the mapping to it.',
    ],
    de: [
      '{idp} wollte etwas ändern, das sich nicht ändern lässt.',
      'Das Attribut setzt dieser Server, oder es behält seinen ersten Wert.',
      'Entfernen Sie die Zuordnung.',
    ],
  },
  {
    id: 'invalid-value',
    codes: ['SCIM_INVALID_VALUE'],
    place: 'mapping',
    en: [
      '{idp} sent a value that does not fit.',
      'The message names the attribute and what would be right.',
      'Correct the value there, or the mapping that gives it.',
    ],
    de: [
      '{idp} sandte einen Wert, der nicht passt.',
      'Die Meldung nennt das Attribut und was richtig wäre.',
      'Berichtigen Sie den Wert dort oder die Zuordnung, die ihn ergibt.',
    ],
  },
]
