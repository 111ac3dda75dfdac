package io.dvcr.storage.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TogetherTest {
    private static final List<Integer> NUMBERS =
            IntStream.range(0, 1000).boxed().toList();

    @Test
    void finds_the_first_of_them_however_many_there_are() throws IOException {
        assertThat(Together.first(NUMBERS, number -> number >= 700)).contains(700);
        assertThat(Together.first(NUMBERS, number -> number > 5000)).isEmpty();
        assertThat(Together.first(List.of(1, 2), number -> number == 2)).contains(2);
        assertThat(Together.first(List.<Integer>of(), _ -> true)).isEmpty();
    }

    @Test
    void several_are_asked_about_at_once_but_not_all() throws IOException {
        CyclicBarrier four = new CyclicBarrier(4); // opens only for four at once
        AtomicInteger asked = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        Together.first(NUMBERS, _ -> {
            most.accumulateAndGet(asked.incrementAndGet(), Math::max);
            await(four);
            asked.decrementAndGet();
            return false;
        });
        assertThat(most.get()).isBetween(4, 16);
    }

    private static void await(CyclicBarrier barrier) throws IOException {
        try {
            barrier.await(20, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    @Test
    void what_goes_wrong_goes_wrong_for_who_asks() {
        assertThatThrownBy(() -> Together.first(NUMBERS, number -> {
                    if (number == 500) {
                        throw new IOException("the store is down");
                    }
                    return false;
                }))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage("the store is down");
    }
}
