{{/*
The settings in `config` as one JSON object: names in lower case, of letters, digits and dots, as Spring Boot compares them, to
{name, value}, where name is as written but for brackets.
*/}}
{{- define "aerodb-storage.settings" -}}
{{- $flat := dict }}
{{- include "aerodb-storage.flatten" (dict "tree" .Values.config "prefix" "" "into" $flat) }}
{{- toJson $flat }}
{{- end }}

{{- define "aerodb-storage.flatten" -}}
{{- $call := . }}
{{- range $key, $value := .tree }}
{{- $name := regexReplaceAll "\\.*\\[([^\\]]*)\\]" (printf "%s%v" $call.prefix $key) ".${1}" | trimPrefix "." }}
{{- if kindIs "map" $value }}
{{- include "aerodb-storage.flatten" (dict "tree" $value "prefix" (printf "%s." $name) "into" $call.into) }}
{{- else }}
{{- $_ := set $call.into (regexReplaceAll "[^a-z0-9.]" (lower $name) "") (dict "name" $name "value" $value) }}
{{- if kindIs "slice" $value }}
{{- range $index, $element := $value }}
{{- if kindIs "map" $element }}
{{- include "aerodb-storage.flatten" (dict "tree" $element "prefix" (printf "%s[%d]." $name $index) "into" $call.into) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{/* The value of a setting in `config`: list $ "storage.database.host" "default". */}}
{{- define "aerodb-storage.setting" -}}
{{- $found := get (include "aerodb-storage.settings" (index . 0) | fromJson) (index . 1 | replace "-" "") }}
{{- if and $found (not (kindIs "invalid" $found.value)) }}{{ $found.value }}{{ else }}{{ index . 2 }}{{ end }}
{{- end }}

{{/* The names of the backends of a kind, as a JSON list: list $ "s3". */}}
{{- define "aerodb-storage.backends" -}}
{{- $kind := index . 1 }}
{{- $names := list }}
{{- range $key, $setting := include "aerodb-storage.settings" (index . 0) | fromJson }}
{{- if and (regexMatch "^storage\\.backends\\.[^.]+\\.kind$" $key) (eq (lower (toString $setting.value)) $kind) }}
{{- $names = append $names (regexReplaceAll "^.*\\.([^.]+)\\.[^.]+$" $setting.name "${1}") }}
{{- end }}
{{- end }}
{{- toJson (sortAlpha $names) }}
{{- end }}

{{/* "true", or nothing. */}}
{{- define "aerodb-storage.embedded" -}}
{{- if not (include "aerodb-storage.setting" (list . "storage.database.host" "")) }}true{{ end }}
{{- end }}

{{- define "aerodb-storage.localEnabled" -}}
{{- if has (include "aerodb-storage.setting" (list . "storage.local.enabled" .Values.persistence.enabled) | lower) (list "true" "on" "yes" "1") }}true{{ end }}
{{- end }}

{{/* Whether the gateways end TLS. */}}
{{- define "aerodb-storage.secure" -}}
{{- if .Values.existingSecrets.tls.name }}true{{ else }}
{{- range $key, $_ := include "aerodb-storage.settings" . | fromJson }}
{{- if regexMatch "^server\\.ssl\\.(bundle|certificate|keystore)$" $key }}true{{ end }}
{{- end }}
{{- end }}
{{- end }}

{{- define "aerodb-storage.shared" -}}
{{- if has "ReadWriteMany" .Values.persistence.accessModes }}true{{ end }}
{{- end }}

{{- define "aerodb-storage.several" -}}
{{- if ternary (gt (int .Values.autoscaling.maxReplicas) 1) (gt (int .Values.replicaCount) 1) .Values.autoscaling.enabled }}true{{ end }}
{{- end }}

{{/* Whether a Job migrates, or whether each gateway does. */}}
{{- define "aerodb-storage.migratesApart" -}}
{{- if and (has .Values.migration.mode (list "hook" "job")) (not (include "aerodb-storage.embedded" .)) }}true{{ end }}
{{- end }}
{{- define "aerodb-storage.migratesAtStart" -}}
{{- if and (eq .Values.migration.mode "startup") (not (include "aerodb-storage.embedded" .)) }}true{{ end }}
{{- end }}

{{/* Whole seconds of a time like 30s, rounded up; nothing when it is written otherwise. */}}
{{- define "aerodb-storage.seconds" -}}
{{- $text := lower (toString .) }}
{{- if regexMatch "^[0-9]+(ms|s|m|h|d)?$" $text }}
{{- $number := regexFind "^[0-9]+" $text | int64 }}
{{- $unit := regexFind "[a-z]+$" $text | default "ms" }}
{{- if eq $unit "ms" }}{{ div (add $number 999) 1000 }}{{ else }}{{ mul $number (get (dict "s" 1 "m" 60 "h" 3600 "d" 86400) $unit) }}{{ end }}
{{- end }}
{{- end }}

{{- define "aerodb-storage.shutdownSeconds" -}}
{{- include "aerodb-storage.seconds" (include "aerodb-storage.setting" (list . "storage.shutdown-timeout" "30s")) }}
{{- end }}

{{/* What docs/operations.md, "Shutdown", says, and the sleep before it. */}}
{{- define "aerodb-storage.leastGrace" -}}
{{- add .Values.preStopSeconds (mul 2 (include "aerodb-storage.shutdownSeconds" . | int)) 30 }}
{{- end }}

{{- define "aerodb-storage.apiPort" -}}
{{- include "aerodb-storage.setting" (list . "server.port" "8080") }}
{{- end }}
{{- define "aerodb-storage.managementPort" -}}
{{- include "aerodb-storage.setting" (list . "management.server.port" "8081") }}
{{- end }}

{{/* The port of an address. */}}
{{- define "aerodb-storage.portOf" -}}
{{- $host := regexReplaceAll "^[A-Za-z]+://([^/?#]*).*$" . "${1}" }}
{{- if regexMatch ":[0-9]+$" $host }}{{ regexFind "[0-9]+$" $host }}{{ else if hasPrefix "http:" (lower .) }}80{{ else }}443{{ end }}
{{- end }}

{{/* The environment variable with the id of an S3 backend's key. */}}
{{- define "aerodb-storage.accessKeyVariable" -}}
S3_{{ . | upper | replace "-" "_" }}_ACCESS_KEY_ID
{{- end }}

{{/* Two documents: what follows from the other values, and `config`, which wins. */}}
{{- define "aerodb-storage.application" -}}
{{- $secrets := "/etc/aerodb-storage/secrets" -}}
{{- $existing := .Values.existingSecrets -}}
server:
  address: 0.0.0.0
  {{- if $existing.tls.name }}
  ssl:
    certificate: {{ $secrets }}/tls.crt
    certificate-private-key: {{ $secrets }}/tls.key
  {{- end }}
management.server:
  address: 0.0.0.0
  ssl.enabled: false
storage:
  mode: production
  data-dir: {{ eq "true" (include "aerodb-storage.embedded" .) | ternary "/var/lib/aerodb-storage/data" "/tmp/aerodb-storage" }}
  local:
    enabled: {{ .Values.persistence.enabled }}
    root: /var/lib/aerodb-storage/objects
  {{- if $existing.database.name }}
  database:
    password-file: {{ $secrets }}/database-password
  {{- end }}
  {{- if or $existing.jwt.name $existing.jwks.name $existing.previousJwt }}
  auth:
    {{- if $existing.jwt.name }}
    jwt-secret-file: {{ $secrets }}/jwt-secret
    {{- end }}
    {{- if $existing.jwks.name }}
    jwks-file: {{ $secrets }}/jwks.json
    {{- end }}
    {{- if $existing.previousJwt }}
    previous-jwt-secret-files:
      {{- range $index, $_ := $existing.previousJwt }}
      - {{ $secrets }}/previous-jwt-secret-{{ $index }}
      {{- end }}
    {{- end }}
  {{- end }}
  {{- if or $existing.signing.name $existing.previousSigning }}
  signing:
    {{- if $existing.signing.name }}
    secret-file: {{ $secrets }}/signing-secret
    {{- end }}
    {{- if $existing.previousSigning }}
    previous-secret-files:
      {{- range $index, $_ := $existing.previousSigning }}
      - {{ $secrets }}/previous-signing-secret-{{ $index }}
      {{- end }}
    {{- end }}
  {{- end }}
  {{- with $existing.s3 }}
  backends:
    {{- range $backend, $_ := . }}
    {{ $backend }}:
      s3:
        # Set by the environment of gateways; a migration has no need of it.
        access-key-id: ${ {{- include "aerodb-storage.accessKeyVariable" $backend }}:unset}
        secret-access-key-file: {{ $secrets }}/s3-{{ $backend }}-secret-access-key
    {{- end }}
  {{- end }}
{{- with .Values.config }}
---
{{ toYaml . }}
{{- end }}
{{- end }}
