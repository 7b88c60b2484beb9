-- depends_on: {{ ref('record_pairs') }}
with

features as (
    select * from {{ ref('match_features') }}
),

models as (
    select * from {{ ref('match_model') }}
),

matched as (
    select
        features.record_key,
        features.feature_hash,
        models.model_id
    from features
    cross join models
)

select * from matched
