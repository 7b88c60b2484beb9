with

source as (
    {{ latest_versions(source('membership', 'surveys'), 'response_id') | indent(4) }}
),

cleaned as (
    select
        response_id,
        member_id,

        {{ code('topic') }} as topic,
        {{ cleaned_text('order_id') }} as order_id,
        expectation,
        performance,
        {{ cleaned_text('comment') }} as comment_text,

        occurred_at,

        updated_at,
        _loaded_at
    from source
)

select * from cleaned
