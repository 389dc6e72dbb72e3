# The routes of devise_site.rb: Rails reads them from a file of their own.

Rails.application.routes.draw do
  devise_for :users
  get '/' => 'pages#show'
end
