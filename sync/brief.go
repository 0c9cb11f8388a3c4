package sync

import (
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
)

// brief keeps the values used last for a moment, by the machine's clock: what was read is good for so long. Nothing runs beside it,
// so an idle program sleeps; what has ended stays until others need its place. Safe for concurrent use.
type brief[K comparable, V any] struct {
	life time.Duration
	kept *lru.Cache[K, briefly[V]]
}

type briefly[V any] struct {
	value V
	until time.Time
}

// newBrief makes a cache of at most so many values.
func newBrief[K comparable, V any](most int, life time.Duration) brief[K, V] {
	kept, _ := lru.New[K, briefly[V]](most) // the length is above zero
	return brief[K, V]{life, kept}
}

// get finds what was added within the cache's life.
func (b brief[K, V]) get(key K) (V, bool) {
	found, known := b.kept.Get(key)
	if known && time.Now().Before(found.until) {
		return found.value, true
	}
	var none V
	return none, false
}

func (b brief[K, V]) add(key K, value V) { b.kept.Add(key, briefly[V]{value, time.Now().Add(b.life)}) }

func (b brief[K, V]) remove(key K) { b.kept.Remove(key) }

func (b brief[K, V]) purge() { b.kept.Purge() }
