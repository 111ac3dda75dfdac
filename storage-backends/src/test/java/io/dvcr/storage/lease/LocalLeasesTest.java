package io.dvcr.storage.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class LocalLeasesTest extends LeasesContract {

    @Override
    Leases leases() {
        return LocalLeases.over(store);
    }

    @Test
    void whoever_wrote_before_this_process_is_gone() throws IOException {
        Leases leases = leases();
        assertThat(leases.isGone("cafe")).isTrue();
        assertThat(leases.isGone(leases.session().id())).isFalse();
        assertThat(leases.session().isSure()).isTrue();
    }
}
