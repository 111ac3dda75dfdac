package io.dvcr.virt.control;

/** Has a resource looked at soon. */
interface Waker {
    void wake(Item item);
}
