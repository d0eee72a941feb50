package io.aerodb.storage.gateway.embedded;

import java.util.stream.Stream;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** In development, when nobody said who signs tokens. */
final class GeneratedSecretCondition implements Condition {

    @Override
    public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
        Environment environment = context.getEnvironment();
        return DevelopmentCondition.holdsIn(environment)
                && Stream.of("jwt-secret", "jwt-secret-file", "jwks-file", "jwks-url")
                        .noneMatch(key -> environment.containsProperty("storage.auth." + key));
    }
}
