package io.dvcr.registry.event;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class SignatureTest {

    /** The vector of the Standard Webhooks reference libraries. */
    @Test
    void it_is_that_of_standard_webhooks() {
        assertThat(new Signature("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
                        .of("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330L, "{\"test\": 2432232314}".getBytes(UTF_8)))
                .isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    @Test
    void a_secret_without_the_prefix_is_the_key_itself() {
        byte[] body = "{}".getBytes(UTF_8);

        assertThat(new Signature("secret").of("1", 2, body))
                .isEqualTo(new Signature("whsec_c2VjcmV0").of("1", 2, body))
                .isNotEqualTo(new Signature("Secret").of("1", 2, body));
    }

    @Test
    void a_secret_that_cannot_be_a_key_is_refused() {
        assertThatThrownBy(() -> new Signature("")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Signature("whsec_ü")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void it_does_not_show_its_secret() {
        assertThat(new Signature("hidden")).asString().doesNotContain("hidden");
    }
}
