package io.aerodb.storage.gateway.embedded;

import java.util.stream.Stream;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** In development, when nobody said what links are signed with. */
final class GeneratedSigningSecretCondition implements Condition {

    @Override
    public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
        Environment environment = context.getEnvironment();
        return DevelopmentCondition.holdsIn(environment)
                && Stream.of("secret", "secret-file")
                        .noneMatch(key -> environment.containsProperty("storage.signing." + key));
    }
}
