package io.aerodb.storage.gateway.embedded;

import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** In development, when nobody said who signs tokens. */
final class GeneratedSecretCondition implements Condition {

    @Override
    public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
        return DevelopmentCondition.holdsWithout(
                context.getEnvironment(), "storage.auth.", "jwt-secret", "jwt-secret-file", "jwks-file", "jwks-url");
    }
}
