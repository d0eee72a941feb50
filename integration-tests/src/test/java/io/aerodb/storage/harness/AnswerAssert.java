package io.aerodb.storage.harness;

import java.util.Objects;
import org.assertj.core.api.AbstractAssert;
import org.assertj.core.api.Assertions;
import tools.jackson.databind.JsonNode;

/** What the contract says of answers, in one place. */
public final class AnswerAssert extends AbstractAssert<AnswerAssert, Answer> {

    private AnswerAssert(Answer actual) {
        super(actual, AnswerAssert.class);
    }

    public static AnswerAssert assertThat(Answer actual) {
        return new AnswerAssert(actual);
    }

    public AnswerAssert hasStatus(int expected) {
        if (actual.status() != expected) {
            failWithMessage("expected status %d but was: %s", expected, actual);
        }
        return this;
    }

    public AnswerAssert hasHeader(String name, String expected) {
        if (!Objects.equals(actual.header(name).orElse(null), expected)) {
            failWithMessage("expected header %s: %s but was: %s", name, expected, actual);
        }
        return this;
    }

    public AnswerAssert hasBody(byte[] expected) {
        Assertions.assertThat(actual.body()).isEqualTo(expected);
        return this;
    }

    /** Refused with the one error body of the contract, and nothing of the server's inside in it. */
    public AnswerAssert isRefused(int status, String code) {
        hasStatus(status);
        JsonNode body = actual.json();
        Assertions.assertThat(actual.header("Content-Type").orElse("")).startsWith("application/json");
        Assertions.assertThat(body.path("statusCode").isString())
                .as("statusCode is text in %s", body)
                .isTrue();
        Assertions.assertThat(actual.field("statusCode")).isEqualTo(Integer.toString(status));
        Assertions.assertThat(actual.field("code")).as("code in %s", body).isEqualTo(code);
        Assertions.assertThat(actual.field("error")).as("error in %s", body).isNotEmpty();
        Assertions.assertThat(actual.field("message")).as("message in %s", body).isNotEmpty();
        Assertions.assertThat(actual.field("request_id"))
                .as("request_id in %s", body)
                .isNotEmpty();
        return revealsNothing();
    }

    public AnswerAssert isRefused(int status, String code, String message) {
        isRefused(status, code);
        Assertions.assertThat(actual.field("message")).isEqualTo(message);
        return this;
    }

    /** Refused as malformed, and the answer says which field it is about and why. */
    public AnswerAssert isRefusedBecauseOf(String field, String code) {
        isRefused(400, code);
        Assertions.assertThat(actual.field("field")).as("field in %s", actual).isEqualTo(field);
        Assertions.assertThat(actual.field("reason")).as("reason in %s", actual).isNotEmpty();
        Assertions.assertThat(actual.field("message"))
                .as("message in %s", actual)
                .contains(field, actual.field("reason"));
        return this;
    }

    /** 401 as RFC 6750 wants it. */
    public AnswerAssert isUnauthorized() {
        isRefused(401, "Unauthorized");
        Assertions.assertThat(actual.header("WWW-Authenticate").orElse("")).startsWith("Bearer");
        return this;
    }

    /** No stack trace, no class, no SQL, no path of the server. */
    public AnswerAssert revealsNothing() {
        Assertions.assertThat(actual.text())
                .doesNotContain("Exception", "io.aerodb", "org.springframework", "\tat ", "SQLSTATE", "storage.objects")
                .doesNotContain(System.getProperty("user.dir"));
        return this;
    }
}
