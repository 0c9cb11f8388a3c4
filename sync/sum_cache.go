package sync

import (
	stdsync "sync"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

// sumCache keeps the values used last, as many as have no more than so much size together. A value must not change once it is there. Safe for concurrent use.
type sumCache[K comparable, V any] struct {
	most int
	size func(V) int

	mu   stdsync.Mutex
	used int
	kept *simplelru.LRU[K, V]
}

func newSumCache[K comparable, V any](most int, size func(V) int) *sumCache[K, V] {
	c := &sumCache[K, V]{most: most, size: size}
	c.kept, _ = simplelru.NewLRU(1<<30, func(_ K, old V) { c.used -= size(old) }) // the length is above zero; the sum is what bounds it
	return c
}

// Get returns a value, and whether it is there.
func (c *sumCache[K, V]) Get(key K) (V, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.kept.Get(key)
}

// Add keeps a value, unless it is larger than all may be together.
func (c *sumCache[K, V]) Add(key K, value V) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.kept.Remove(key)
	size := c.size(value)
	if size > c.most {
		return
	}
	c.used += size
	c.kept.Add(key, value)
	for c.used > c.most {
		c.kept.RemoveOldest()
	}
}

// Remove forgets a value.
func (c *sumCache[K, V]) Remove(key K) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.kept.Remove(key)
}
