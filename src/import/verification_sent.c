/* The words that the steps of a scenario send in fields and bodies: a title that has one of them
 * differs between visits. They are read once. */
#include "base/ascii.h"
#include "import/verification_private.h"

#define WORD_BYTES_MAX 100u	  /* a longer one is not a word of a title */
#define BODY_READ_MAX  (1u << 20) /* of a body: what a person types is shorter */

struct sent_word {
	struct str word; /* in lower case */
	size_t step;	 /* the first that sends it */
};

struct sent_words {
	struct sent_word *slots; /* word.len 0: free; never more than half full */
	size_t count, cap;
};

bool verification_is_word_byte(char c)
{
	return ascii_is_alnum(c) || (unsigned char)c >= 0x80 || c == '\'' || c == '_';
}

static struct sent_word *slot_of(const struct sent_words *words, struct str word)
{
	size_t i = (size_t)str_hash(word) & (words->cap - 1);

	while (words->slots[i].word.len && !str_eq(words->slots[i].word, word))
		i = (i + 1) & (words->cap - 1);
	return &words->slots[i];
}

static void grow(struct arena *a, struct sent_words *words)
{
	struct sent_words old = *words;

	words->cap = old.cap ? 2 * old.cap : 1024;
	words->slots = ARENA_ARRAY(a, words->cap, struct sent_word);
	for (size_t i = 0; i < old.cap; i++)
		if (old.slots[i].word.len)
			*slot_of(words, old.slots[i].word) = old.slots[i];
}

/* WORD in lower case, in BYTES of WORD_BYTES_MAX. */
static struct str lower(struct str word, char *bytes)
{
	for (size_t i = 0; i < word.len; i++)
		bytes[i] = ascii_to_lower(word.ptr[i]);
	return str_n(bytes, word.len);
}

static void add_words(struct arena *a, struct sent_words *words, struct str text, size_t step)
{
	char bytes[WORD_BYTES_MAX];

	for (size_t at = 0, from; at < text.len; at++) {
		for (from = at; at < text.len && verification_is_word_byte(text.ptr[at]);)
			at++;
		if (at == from || at - from > sizeof bytes)
			continue;
		struct str word = lower(str_slice(text, from, at), bytes);
		struct sent_word *slot = slot_of(words, word);

		if (slot->word.len)
			continue;
		*slot = (struct sent_word){arena_str(a, word), step};
		if (2 * ++words->count > words->cap)
			grow(a, words);
	}
}

static struct sent_words *read_words(struct judgement *j)
{
	struct sent_words *words = ARENA_NEW(&j->pages, struct sent_words);

	grow(&j->pages, words);
	for (size_t n = 0; n < j->steps; n++) {
		const struct transaction *tx = verification_step_at(j->job, n)->tx;

		for (size_t k = 0; k < tx->part_count; k++)
			add_words(&j->pages, words, str_slice(tx->parts[k].value, 0, BODY_READ_MAX),
				  n);
		if (!tx->part_count)
			add_words(&j->pages, words,
				  str_slice(tx->request_body.raw, 0, BODY_READ_MAX), n);
	}
	return words;
}

bool verification_is_typed(struct judgement *j, size_t n, struct str word)
{
	char bytes[WORD_BYTES_MAX];
	const struct sent_word *slot;

	if (word.len > sizeof bytes)
		return false;
	if (!j->sent)
		j->sent = read_words(j);
	slot = slot_of(j->sent, lower(word, bytes));
	return slot->word.len && slot->step <= n;
}
