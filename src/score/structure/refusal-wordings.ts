/**
 * With which words does a model decline? Looked for at the beginning of an answer, where a refusal stands: further back the
 * same words are quoted, or say what a text or a third person cannot do.
 */

/** Characters of an answer that are looked at. */
const OPENING = 400

/** What an assistant declines to do. Without one of these, "I can't" is about anything. */
const TASKS =
  '(?:help|assist|provide|create|write|generate|comply|fulfil|support|engage|discuss|share|give|answer|do that|do this|offer|produce|participate|' +
  'respond|continue|proceed|complete|carry out|fulfill|facilitate|explain how|tell you|teach|make|draft|reveal|disclose|recommend|advise|encourage|' +
  'promote|endorse|process|translate|describe|perform|be able to|in good conscience|show you|instruct|guide|walk you|express|go along|role-?play|supply)'

const CANNOT =
  "(?:can ?not|can't|cant|won't|will not|couldn't|could not|am unable to|'m unable to|am not able to|'m not able to|must decline to|" +
  "have to decline to|need to decline to|refuse to|decline to|am not going to|'m not going to|am not allowed to|'m not allowed to|am not permitted to|" +
  "'m not permitted to|am not comfortable|'m not comfortable|don't feel comfortable|do not feel comfortable|am not willing to|'m not willing to)"

/** Gaps are bounded, and the text is short: no pattern can take long. */
const WORDINGS: readonly RegExp[] = [
  // English
  `\\bi ?(?:(?:really|simply|just|also|respectfully|unfortunately|ethically|therefore) )?${CANNOT}(?: (?:to|with|in|be|you|really|directly|responsibly|personally))? ?${TASKS}\\b(?! but\\b|[^.!?]{0,60} enough\\b)`,
  `\\bi(?:'m| am)? ?(?:not comfortable|uncomfortable|don't feel comfortable|do not feel comfortable) (?:with |about )?(?:\\w+ing|that|this)\\b`,
  `^(?:i(?:'m| am) )?(?:very |so |really )?sorry,? (?:but )?(?:i|we) ?${CANNOT}`,
  `^(?:i(?:'m| am) )?(?:very |so |really )?sorry,? (?:but )?(?:that(?:'s| is)|this is) (?:not )?(?:something|a request|against|outside|beyond)\\b`,
  `^(?:i )?apologi[sz]e[^.!?]{0,40}\\b(?:i|we) ?${CANNOT}`,
  `\\bas an? (?:ai|artificial intelligence|language model|large language model)\\b[^.!?]{0,80}\\b${CANNOT}(?: to)? ?${TASKS}\\b`,
  "\\bi(?:'ll| will)? ?(?:must|have to|need to|am going to|'m going to|would like to|'d like to) (?:respectfully |politely )?(?:decline|refuse)\\b",
  '^i (?:respectfully |politely )?(?:decline|refuse)\\b(?! to (?:believe|accept|think))',
  "\\b(?:i'd|i would) (?:rather|prefer) not\\b(?:$|[.,;]| (?:to )?(?:go into|discuss|say|answer|talk|help|comment|engage|write))",
  "\\bi(?:'m going to|'ll| will| am going to) have to pass\\b",
  "\\b(?:outside|beyond)(?: of)? what i(?:'m| am) (?:permitted|able|allowed|comfortable)\\b",
  '\\b(?:violates?|against) (?:my|our) (?:usage |content |safety |use )?(?:policy|policies|guidelines|rules|terms)\\b',
  `\\bi ?${CANNOT} do (?:so|that|this|it)\\b`,
  `\\b(?:it goes |goes |is |that's |this is )?against my (?:guidelines|programming|policy|policies|principles|ethical|values|safety|core)`,
  `\\b(?:it (?:would|wouldn't|would not) be|i (?:think|believe|feel) it(?:'s| is)) (?:un|in)?(?:appropriate|ethical|responsible|safe)[^.!?]{0,20} (?:for me )?to (?:provide|help|assist|write|create|share|answer|give|generate)`,
  `^(?:unfortunately|regrettably),? (?:i|we) ?${CANNOT}(?: (?:to|with))? ?${TASKS}`,
  `\\bi don't (?:provide|offer|give|generate|create|write|assist with|engage in|help with)\\b[^.!?]{0,60}\\b(?:illegal|harmful|dangerous|medical|legal|explicit|hateful|violent|that|such|this|advice|content|instructions)`,
  `^i (?:cannot|can't|won't|will not) (?:do|write|answer|discuss|say|fulfil|fulfill|comply|engage)[^.!?]{0,80}$`,
  `^(?:no[,.] )?i (?:won't|will not|can't|cannot)\\.?$`,
  // German
  'tut mir (?:sehr |wirklich )?leid,? (?:aber )?(?:(?:ich|dabei|damit|das|hierbei|diese|bei)\\b[^.!?]{0,60}\\b(?:nicht|keine|kein|nichts)\\b)',
  'ich (?:kann|darf|möchte|werde)\\b[^.!?]{0,60}\\b(?:nicht|keine|keinen|kein)\\b[^.!?]{0,60}\\b(?:helfen|unterstützen|beantworten|bereitstellen|erstellen|geben|weiterhelfen|behilflich|anbieten|nachkommen|erfüllen|schreiben|liefern|teilen|generieren)',
  '(?:leider|bedauerlicherweise) (?:kann|darf|muss) ich\\b[^.!?]{0,60}\\b(?:nicht|keine|keinen|kein|ablehnen)\\b',
  '\\b(?:kann|darf) ich (?:dir |ihnen |euch )?(?:leider )?(?:nicht|keine?n?)\\b[^.!?]{0,40}\\b(?:helfen|weiterhelfen|erstellen|beantworten|geben|schreiben|bereitstellen)\\b',
  'ich muss (?:diese|die|ihre|deine)\\b[^.!?]{0,40}\\bablehnen',
  // French
  '(?:désolée?|je regrette|navrée?)[^.!?]{0,40}\\bje ne (?:peux|puis|suis)\\b[^.!?]{0,8}\\b(?:pas|en mesure)?',
  "je ne (?:peux|puis) (?:malheureusement |hélas )?pas (?:vous |t'|te |y )?(?:aider|répondre|fournir|créer|écrire|générer|assister|donner|accéder|satisfaire|rédiger|participer|partager|traiter|proposer)",
  'je ne suis pas (?:en mesure|autorisée?|capable) (?:de|d)\\b',
  "il m'est (?:malheureusement )?impossible de (?:vous |t'|te )?(?:aider|répondre|fournir|donner|créer|écrire)",
  'je (?:dois|préfère) (?:décliner|refuser)',
  // Spanish
  '(?:lo siento|lo lamento|disculpa|perdona)[^.!?]{0,30}\\bno (?:puedo|podemos|me es posible|estoy autorizad)',
  'no (?:puedo|podemos) (?:ayudar|proporcionar|responder|crear|escribir|generar|ofrecer|asistir|cumplir|facilitar|brindar|compartir|dar|participar|atender)',
  'no (?:estoy autorizad[oa]|tengo permitido|se me permite)\\b',
  'no me es posible (?:ayudar|proporcionar|responder|ofrecer|cumplir)',
  // Italian, Portuguese, Dutch
  '(?:mi dispiace|spiacente)[^.!?]{0,30}\\bnon (?:posso|sono in grado)',
  'non (?:posso|sono in grado di) (?:aiutar|fornir|risponder|crear|scriver|generar|assister|offrir|soddisfar)',
  '(?:desculpe|lamento|sinto muito)[^.!?]{0,30}\\bnão (?:posso|consigo|é possível)',
  'não (?:posso|consigo) (?:ajudar|fornecer|responder|criar|escrever|gerar|oferecer|atender|auxiliar)',
  '(?:het spijt me|sorry)[^.!?]{0,20}\\b(?:ik kan|kan ik|daar kan ik)\\b[^.!?]{0,50}\\b(?:niet|geen)\\b',
  'ik kan (?:je |u )?(?:hier|daar|hiermee|daarmee|hierbij|daarbij)[^.!?]{0,30}\\bniet\\b[^.!?]{0,20}\\bhelpen',
  // Russian, Arabic
  '(?:извините|простите|к сожалению|прошу прощения)[^.!?]{0,60}не (?:могу|можем|смогу|буду)',
  'я не (?:могу|смогу|буду) (?:вам |тебе )?(?:с этим )?(?:помочь|предоставить|ответить|создать|написать|выполнить|помогать|предоставлять)',
  '(?:عذر|آسف|أعتذر|معذرة)[^.!؟]{0,50}لا (?:أستطيع|يمكنني|أقدر)',
  'لا (?:أستطيع|يمكنني) (?:مساعدت|تقديم|الإجابة|المساعدة|تلبية|إنشاء|كتابة)',
  // Chinese, Japanese, Korean
  '(?:抱歉|对不起|對不起|很遗憾|很遺憾|不好意思)[^。!?!?]{0,40}(?:无法|無法|不能|不可以|不便|没办法|沒辦法)',
  '我(?:无法|無法|不能|不会|不會)(?:为您|为你|為您|為你|向您|向你|对此|就此|协助|帮您|帮你)?(?:提供|协助|協助|帮助|幫助|回答|满足|滿足|生成|撰写|撰寫|讨论|討論|完成|参与|支持)',
  '(?:申し訳|すみません|ごめんなさい|恐れ入りますが|残念ながら)[^。!?]{0,80}(?:できません|できかねます|いたしかねます|お答えでき|お手伝いでき|ありかねます|出来ません|お応えでき)',
  '(?:お答え|お手伝い|お応え|ご対応|ご提供)(?:することは|することが|は|が)?(?:できません|できかねます|いたしかねます)',
  '(?:情報|内容|コンテンツ|アドバイス|手順|方法)[^。]{0,6}提供(?:することは|することが|は)?(?:できません|できかねます|いたしかねます)',
  '(?:죄송|미안)[^.!?]{0,60}(?:수 없|어렵습니다|드릴 수|못합니다|불가능)',
  '(?:도와|도움을|제공해|답변|대답해)[^.!?]{0,12}(?:드릴 수 없|할 수 없|줄 수 없|수 없습니다)',
].map((source) => new RegExp(source, 'u'))

/** The words with which the text declines, undefined when it does not. */
export function decliningWords(text: string): string | undefined {
  const opening = openingOf(text)
  for (const wording of WORDINGS) {
    const words = wording.exec(opening)?.[0]
    if (words !== undefined) return words
  }
  return undefined
}

/** The first two sentences in plain small letters: without Markdown, quotations and typographic apostrophes. */
function openingOf(text: string): string {
  const plain = text
    .slice(0, OPENING * 2)
    .normalize('NFC')
    .toLowerCase()
    .replace(/[’‘ʼ]/g, "'")
    .replace(/["“«„「][^"”»“」]*(?:["”»“」]|$)/g, ' ')
    .replace(/[*_#>`~]+/g, '')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, OPENING)
  return firstSentences(plain)
}

/** Up to the end of the second sentence. */
function firstSentences(text: string): string {
  const ends = Array.from(
    text.matchAll(/[.!?。!?؟]+(?:\s|$|(?=[^\s\d.]))/gu),
    ({ 0: end, index }) => index + end.length,
  )
  return text.slice(0, ends[1] ?? text.length)
}
