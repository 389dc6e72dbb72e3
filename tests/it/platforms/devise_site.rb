# A Rails application whose model is the code of docs/integrations/rails.md, with Devise's own controllers, sessions and reset links: one
# question a line in, one answer a line out.
#
# devise_site.rb DATABASE CODE plain|wrapped

require 'json'
require 'rails'
require 'active_record'
require 'action_controller/railtie'
require 'devise'

DATABASE, CODE, KIND = ARGV

class Site < Rails::Application
  config.root = __dir__
  paths.add 'config/routes.rb', with: "#{__dir__}/devise_routes.rb"
  config.eager_load = false
  config.secret_key_base = 'x' * 64
  config.hosts.clear
  config.logger = Logger.new(nil)
  config.action_controller.allow_forgery_protection = false
  config.session_store :cookie_store, key: 'session'
end

require 'devise/orm/active_record'
ActiveRecord::Base.establish_connection(adapter: 'sqlite3', database: DATABASE)
Devise.setup do |config|
  config.secret_key = 'y' * 64
  config.stretches = 4
end

class ApplicationController < ActionController::Base
end

class User < ActiveRecord::Base
  devise :database_authenticatable, :recoverable
  if KIND == 'wrapped'
    require "#{CODE}/wrapped.rb"
    include Wrapped
  end
end

class PagesController < ApplicationController
  before_action :authenticate_user!

  def show
    render plain: 'for users alone'
  end
end

Site.initialize!

def send_form(method, path, form)
  Rack::MockRequest.new(Site).request(method, path, params: form)
end

def log_in(question)
  send_form('POST', '/users/sign_in', 'user[email]' => question['login'], 'user[password]' => question['password'])
end

def cookie_of(answer)
  answer.get_header('set-cookie').to_s[/session=[^;]*/].to_s
end

def in?(cookie)
  Rack::MockRequest.new(Site).get('/', 'HTTP_COOKIE' => cookie).body == 'for users alone'
end

while (line = $stdin.gets)
  question = JSON.parse(line)
  answer =
    case question['do']
    when 'log in'
      in?(cookie_of(log_in(question))) ? 'in' : 'out'
    when 'sign'
      cookie_of(log_in(question))
    when 'check'
      in?(question['signed']) ? 'session goes on' : 'session ended'
    when 'link'
      # What Devise would mail.
      User.find_by(email: question['login']).send(:set_reset_password_token)
    when 'follow'
      form = {
        'user[reset_password_token]' => question['link'],
        'user[password]' => question['password'],
        'user[password_confirmation]' => question['password']
      }
      in?(cookie_of(send_form('PUT', '/users/password', form))) ? 'in' : 'out'
    end
  puts answer
  $stdout.flush
end
