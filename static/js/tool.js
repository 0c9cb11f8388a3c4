// What is done with a comment or a card by a link, whose place a form takes: which module makes that form.

export const pick = async (field, row, link) => (await import(row.dataset.key ? './card.js' : './comment.js')).pick(field, row, link);
