package io.aerodb.storage.gateway.embedded;

import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** In development, when nobody said what links are signed with. */
final class GeneratedSigningSecretCondition implements Condition {

    @Override
    public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
        return DevelopmentCondition.holdsWithout(context.getEnvironment(), "storage.signing.", "secret", "secret-file");
    }
}
